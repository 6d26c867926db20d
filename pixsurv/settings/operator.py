"""The operator, read from the environment."""

from pixsurv.kernel.operator import Operator
from pixsurv.settings import env


def operator() -> Operator:
    contact = env.text("OPERATOR_CONTACT")
    return Operator(
        name=env.text("OPERATOR_NAME"),
        address=env.text("OPERATOR_ADDRESS"),
        director=env.text("OPERATOR_DIRECTOR"),
        contact=contact,
        host=env.text("OPERATOR_HOST"),
        accessibility_contact=env.text("ACCESSIBILITY_CONTACT") or contact,
    )
