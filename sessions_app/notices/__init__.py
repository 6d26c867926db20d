"""What must be told to the public: help, accessibility, personal data, who publishes; and the papers that a school's
head of data protection asks for. Facts about the operator come from the environment, about a school from its settings.
"""
