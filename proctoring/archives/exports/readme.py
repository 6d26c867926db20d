"""LISEZMOI.txt: what an archive holds, and how it is verified without Pixsurv."""

from proctoring.models import Export
from sessions_app.wording import clock_time, day

TEXT = """\
ARCHIVE PIXSURV — {establishment}
{choice}
Exportée le {when} par {by}

CE QUE CONTIENT CE DOSSIER

index.html          la liste des sessions ; elle s’ouvre dans un navigateur, sans réseau (Ctrl-F y cherche un nom)
sessions/NUMÉRO/    une session : sa page (index.html), le PV d’incident scellé et ses additifs (PDF/A), les
                    feuilles numérisées, et journal.json : ses événements, d’où le sceau se recalcule
sessions.ods .csv   les sessions ; candidats.ods .csv les candidats ; incidents.ods .csv les incidents
manifest.json       chaque fichier avec sa taille et son empreinte SHA-256, et le sceau de chaque session
SHA256SUMS          les mêmes empreintes, pour l’outil sha256sum
verifier.py         le programme qui vérifie ce dossier

VÉRIFIER CETTE ARCHIVE, DE TROIS FAÇONS

1. Avec Pixsurv :                        manage.py verify_archive ARCHIVE.zip
2. Avec Python seul (3.9 ou plus) :      python3 verifier.py ARCHIVE.zip      (ou le dossier déplié)
3. Avec les seules empreintes :          sha256sum -c SHA256SUMS              (dans le dossier déplié)

Les deux premières nomment le fichier ou l’événement modifié, recalculent la chaîne de chaque journal et retrouvent
le sceau de chaque session, ainsi que chaque papier dont le journal a noté l’empreinte. La troisième ne compare que
les fichiers.

Ce qui est vérifié est le contenu des fichiers. L’enveloppe ZIP elle-même (dates, attributs, tailles répétées dans ses
en-têtes) n’est couverte par aucune empreinte : la modifier ne change aucun document, et peut passer inaperçu.

CE QUE CELA PROUVE, ET CE QUE CELA NE PROUVE PAS

C’est une détection, pas une impossibilité. Qui modifie un fichier peut aussi refaire manifest.json, SHA256SUMS et
verifier.py. Il ne peut pas refaire :
 - l’empreinte du manifeste, que Pixsurv a notée à la fin de cet export (Archives, Exporter, « Derniers exports ») et
   que la vérification affiche : comparez-les ;
 - le sceau imprimé sur chaque PV signé, conservé sur papier et par Pixsurv (page « Vérifier un sceau »).
Les pages index.html et les listes ne tiennent qu’au manifeste ; les PV, additifs et feuilles numérisées tiennent aussi
au journal, qui garde leur empreinte (s’ils ont été scellés depuis que Pixsurv la note).
Pour une vérification sûre, prenez Pixsurv ou un verifier.py d’une autre provenance que cette archive.

Les données personnelles d’une session éliminée n’existent plus : il n’en reste ici qu’une ligne, et son journal
sans les faits, qui se vérifie par empreintes.

Ce dossier contient des données personnelles d’élèves : gardez-le comme les dossiers papier, et détruisez-le avec eux.
"""


def readme(export: Export) -> bytes:
    """With the line ends and the mark that any editor reads."""
    local = export.started_at.astimezone(export.establishment.zone)
    text = TEXT.format(
        establishment=export.establishment.name,
        choice=export.choice,
        when=f"{day(local.date())} à {clock_time(local)}",
        by=export.by,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")
