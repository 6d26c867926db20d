"""Invented candidates. Nobody is called « TRAIT D’UNION », and every tricky name is here once."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sessions_app.enums import SignInMode
from sessions_app.models import Candidate, Establishment, Pupil
from sessions_app.services.enrolment import new_candidate

ALL_COMPETENCES = 16


@dataclass(frozen=True, slots=True)
class Person:
    last_name: str
    first_name: str
    birth_date: date
    class_name: str
    extra_time_percent: int = 0
    competences: int | None = ALL_COMPETENCES
    sign_in_mode: SignInMode = SignInMode.MEDIACENTRE

    def candidate(self) -> Candidate:
        """Unsaved, for `enrol`."""
        return new_candidate(
            last_name=self.last_name,
            first_name=self.first_name,
            birth_date=self.birth_date,
            class_name=self.class_name,
            extra_time_percent=self.extra_time_percent,
            certifiable_competences=self.competences,
            sign_in_mode=self.sign_in_mode,
        )

    def pupil(self, establishment: Establishment, school_year: int) -> Pupil:
        """Unsaved, with its keys."""
        pupil = Pupil(
            establishment=establishment,
            school_year=school_year,
            last_name=self.last_name,
            first_name=self.first_name,
            birth_date=self.birth_date,
            class_name=self.class_name,
            extra_time_percent=self.extra_time_percent,
            certifiable_competences=self.competences,
            profile_sent_on=date(school_year, 9, 15) if self.competences is not None else None,
            sign_in_mode=self.sign_in_mode,
        )
        pupil.derive_keys()
        return pupil


# The five of the seed (contract.md).
SEED = (
    Person("DELARUE", "Sophie", date(2001, 7, 4), "3e A"),
    Person("DUPONT", "Martine", date(1994, 5, 21), "3e A"),
    Person("DUPONT", "Paul", date(1997, 5, 21), "3e A"),
    Person("DURAND", "Simon", date(1988, 3, 9), "3e B"),
    Person("PICASSO", "Pablo", date(1954, 9, 23), "3e B"),
)

INVENTED = (
    # Homonyms whose first names begin alike, and homonyms whose do not (R9).
    Person("EXEMPLE", "Clara", date(2012, 2, 12), "3e A"),
    Person("EXEMPLE", "Clarisse", date(2012, 9, 27), "3e B"),
    Person("FICTIF", "Inès", date(2012, 4, 3), "3e A"),
    Person("FICTIF", "Bastien", date(2012, 11, 18), "3e C"),
    # Extra time: one third, one half, as long again (R13).
    Person("IMAGINAIRE", "Zoé", date(2012, 6, 30), "3e A", extra_time_percent=33),
    Person("PROTOTYPE", "Noé", date(2012, 1, 8), "3e B", extra_time_percent=50),
    Person("MAQUETTE", "Aïcha", date(2011, 12, 24), "3e C", extra_time_percent=100),
    # Not certifiable; never connected, so nobody knows (P2).
    Person("BROUILLON", "Théo", date(2012, 3, 14), "3e B", competences=3, sign_in_mode=SignInMode.USERNAME),
    Person("NOUVELLE", "Lou", date(2012, 8, 2), "3e C", competences=None, sign_in_mode=SignInMode.NEVER),
    # Accents, apostrophes, hyphens, ligatures, spaces, and a name as long as names get.
    Person("D’ESSAI", "Éloïse", date(2012, 5, 5), "3e A"),
    Person("L’ÉCHANTILLON", "Gaël", date(2012, 10, 10), "3e A"),
    Person("ŒILLET-MODÈLE", "Léopold", date(2012, 7, 19), "3e B"),
    Person("CÉDILLE", "François-Xavier", date(2012, 2, 29), "3e B", sign_in_mode=SignInMode.EMAIL),
    Person("TRÉMA", "Anaïs", date(2012, 12, 1), "3e C"),
    Person("TRAIT D’UNION", "Jean-Baptiste", date(2012, 4, 22), "3e C"),
    Person(
        "DE LA DÉMONSTRATION-TRÈS-LONGUE-DE-SAINT-BROUILLARD",
        "Maximilienne-Apolline-Joséphine",
        date(2012, 9, 9),
        "3e EUROPÉENNE 2",
    ),
    Person("SPÉCIMEN", "Maëlys", date(2012, 1, 31), "3e A"),
    Person("CANEVAS", "Hugo", date(2012, 6, 6), "3e B"),
    Person("GABARIT", "Yaël", date(2012, 11, 11), "3e C"),
    Person("ÉBAUCHE", "Inaya", date(2012, 3, 28), "3e C"),
)

FIRST_SESSION = SEED + INVENTED

# On the school's list, and in no session yet: each kind that somebody who prepares one must look after (P7).
NOT_ENROLLED = (
    Person("PAPILLON", "Ambre", date(2012, 1, 17), "3e A"),
    Person("LIBELLULE", "Côme", date(2012, 5, 23), "3e A", extra_time_percent=33),
    Person("COCCINELLE", "Nour", date(2012, 8, 30), "3e A", competences=4),
    Person("SCARABÉE", "Iris", date(2012, 10, 2), "3e A", competences=None, sign_in_mode=SignInMode.UNKNOWN),
    Person("CIGALE", "Marius", date(2012, 2, 6), "3e B"),
    Person("BOURDON", "Elsa", date(2012, 4, 14), "3e B", competences=2, sign_in_mode=SignInMode.EMAIL),
    Person("CRIQUET", "Ayoub", date(2012, 7, 7), "3e B", competences=None, sign_in_mode=SignInMode.NEVER),
    Person("LUCIOLE", "Maya", date(2012, 12, 12), "3e C", extra_time_percent=33, competences=None),
    Person("GRILLON", "Tom", date(2012, 3, 3), "3e C", sign_in_mode=SignInMode.USERNAME),
    Person("FOURMI", "Éva", date(2012, 9, 18), "3e C", competences=0, sign_in_mode=SignInMode.NEVER),
)

# Trees and birds for last names: no family bears all of them, and each is one of its kind.
LAST_NAMES = (  # noqa: SIM905
    "ABRICOTIER ACACIA ALOUETTE AMANDIER AUBÉPINE BERGERONNETTE BOULEAU BOUVREUIL BRUYÈRE CAPUCINE "
    "CÈDRE CERISIER CHÂTAIGNIER CHOUETTE CIGOGNE COLIBRI COQUELICOT CORMORAN CYPRÈS ÉGLANTINE "
    "ÉPERVIER ÉRABLE EUCALYPTUS FAUVETTE FIGUIER FOUGÈRE GENÉVRIER GLYCINE GRENADIER HÊTRE HIRONDELLE "
    "JONQUILLE LAURIER LAVANDE MAGNOLIA MÉSANGE MIMOSA NOISETIER OLIVIER PASSEREAU"
).split()
FIRST_NAMES = (  # noqa: SIM905
    "Adam Alya Anouk Basile Célia Clément Daphné Élias Emma Farès Gabin Hana Ilan Jade Kenza Léo Lina "
    "Malo Naïm Océane Paola Rayan Rose Sacha Salomé Timéo Victoire Wassim Yanis"
).split()
CLASSES = ("3e A", "3e B", "3e C")
LAST_NAME_PAIRS = [f"{one}-{other}" for one in LAST_NAMES for other in LAST_NAMES if one != other]
MOST = len(LAST_NAMES) + len(LAST_NAME_PAIRS)


def crowd(count: int, *, salt: int) -> list[Person]:
    """`count` certifiable people, no two with the same last name; always the same for one salt."""
    names = islice((*LAST_NAMES, *LAST_NAME_PAIRS), count)
    return [
        Person(
            last_name=last_name,
            first_name=FIRST_NAMES[(index * 7 + salt) % len(FIRST_NAMES)],
            birth_date=date(2012, 1, 1) + timedelta(days=(index * 37 + salt * 11) % 366),
            class_name=CLASSES[index % len(CLASSES)],
        )
        for index, last_name in enumerate(names)
    ]


# « Qui appeler », with numbers that are kept for fiction.
CONTACTS = (
    {
        "purpose": "Mot de passe de l’ordinateur",
        "name": "Camille Essai, référente numérique",
        "phone": "01 99 00 12 07",
        "place": "Bureau 207",
        "hours": "8h – 17h",
    },
    {"purpose": "Codes de l’ENT", "name": "Vie scolaire", "phone": "01 99 00 12 10", "hours": "7h45 – 18h"},
    {"purpose": "Retard, décision, incident grave", "name": "Direction", "phone": "01 99 00 12 01"},
)
