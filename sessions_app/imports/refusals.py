"""Why a whole file is refused. The child process knows only the codes; people read the sentences."""

from pixsurv.kernel.errors import DomainError
from sessions_app.imports.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS

_ROWS = f"{MAX_ROWS:,}".replace(",", "\u00a0")  # « 5 000 »
_AS_SPREADSHEET = "Dans le tableur, choisissez «\u00a0Enregistrer sous\u00a0» et le format ODS, XLSX ou CSV."

SENTENCES = {
    "file_missing": "Choisissez un fichier.",
    "file_empty": "Ce fichier est vide\u00a0: il ne contient aucun octet. Téléchargez-le ou enregistrez-le à nouveau.",
    "file_too_big": f"Ce fichier dépasse {MAX_BYTES // 1024 // 1024} Mio. Ne gardez que la feuille de la liste.",
    "file_encrypted": "Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe.",
    "file_old_excel": f"Ce fichier est à l’ancien format d’Excel (.xls). {_AS_SPREADSHEET}",
    "file_macros": f"Ce fichier contient des macros. Enregistrez-le sans macros. {_AS_SPREADSHEET}",
    "file_picture": f"Ce fichier est une image, pas un tableau. {_AS_SPREADSHEET}",
    "file_pdf": f"Ce fichier est un PDF, pas un tableau. {_AS_SPREADSHEET}",
    "file_archive": "Ce fichier est une archive ZIP. Déposez le tableau qu’elle contient.",
    "file_other_document": f"Ce fichier est un document, mais pas un tableau. {_AS_SPREADSHEET}",
    "file_not_text": f"Ce fichier n’est ni un tableau ODS ou XLSX, ni du texte. {_AS_SPREADSHEET}",
    "file_truncated": "Ce fichier est incomplet, abîmé ou démesuré. Téléchargez-le ou enregistrez-le à nouveau.",
    "file_bomb": "Une fois décompressé, ce fichier serait démesuré. Recopiez la liste dans un fichier neuf.",
    "file_too_heavy": "Ce tableau est démesuré\u00a0: une cellule, loin des autres, ou des lignes répétées à l’infini."
    " Recopiez la liste dans une feuille neuve.",
    "file_too_many_rows": f"Ce tableau dépasse {_ROWS} lignes. Ne gardez que la liste elle-même.",
    "file_too_many_columns": f"Ce tableau dépasse {MAX_COLUMNS} colonnes. Ne gardez que celles qui servent.",
    "file_mixed_encodings": "Les accents de ce fichier sont écrits de deux façons\u00a0: la ligne {detail} n’est pas en"
    " UTF-8 comme les autres. Enregistrez-le à nouveau depuis le tableur.",
    "file_unknown_encoding": "Les accents de la ligne {detail} ne se lisent ni en UTF-8 ni en Windows-1252."
    " Enregistrez le fichier en CSV UTF-8.",
    "file_bad_quotes": "Un guillemet n’est pas fermé\u00a0: lecture arrêtée vers la ligne {detail}."
    " Corrigez cette ligne,"
    " ou enregistrez le fichier en ODS ou XLSX.",
    "file_no_rows": "Ce fichier ne contient aucune ligne remplie.",
    "file_no_people": "Ce fichier a bien des titres de colonnes, mais personne en dessous.",
    "file_other_campaign": "Ce fichier vient bien de Pix Orga, mais pas d’une campagne"
    " de «\u00a0collecte de profils\u00a0»\u00a0:"
    " il manque {detail}. Exportez les résultats d’une collecte de profils.",
}


def refused_file(code: str, detail: str = "") -> DomainError:
    """Nothing of this file is used; the sentence names the place where there is one."""
    return DomainError(code, SENTENCES[code].replace("{detail}", detail), status=422)


def columns_missing(titles: list[str]) -> DomainError:
    """A file that has a model, and lacks these titles of it."""
    words = ", ".join(f"«\u00a0{title}\u00a0»" for title in titles)
    which = "cette colonne" if len(titles) == 1 else "ces colonnes"
    sentence = f"Il manque à ce fichier {which}\u00a0: {words}."
    todo = "Téléchargez le modèle et remplissez-le sans changer les titres."
    return DomainError("file_columns_missing", f"{sentence} {todo}", status=422)
