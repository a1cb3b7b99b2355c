"""What the program says, in English and French: gettext's files are not worth carrying for this little."""

import locale
import os
from functools import cache

#: Each in English, then in French.
WORDS: dict[str, tuple[str, str]] = {
    "about": (
        "Sends dossiers to your Diagdesk site and takes its orders.",
        "Envoie vos dossiers à votre site Diagdesk et relève les commandes.",
    ),
    "help_login": ("keep a site and its key on this machine", "enregistrer un site et sa clé sur cette machine"),
    "help_url": ("the site, such as https://firm.example", "le site, par exemple https://cabinet.example"),
    "help_push": ("send folders, each a dossier", "envoyer des dossiers, un par répertoire"),
    "help_folders": ("folders with PDFs", "répertoires contenant des PDF"),
    "help_notify": ("tell those who may read it by e-mail", "prévenir par e-mail ceux qui y ont accès"),
    "help_contact": (
        "who may read it: an e-mail, or “Name <e-mail>” for someone new; may be repeated",
        "qui y a accès : un e-mail, ou « Nom <e-mail> » pour un nouveau contact ; répétable",
    ),
    "help_amount": ("the price in euros", "le prix en euros"),
    "help_dry_run": ("say what would be sent, send nothing", "dire ce qui serait envoyé, sans rien envoyer"),
    "help_orders": ("take orders", "relever les commandes"),
    "help_pull": ("write each new order to a file", "écrire chaque nouvelle commande dans un fichier"),
    "help_target": ("the folder for the files", "le répertoire des fichiers"),
    "help_format": ("the form of the files", "le format des fichiers"),
    "help_since": ("orders made on or after that day (YYYY-MM-DD)", "commandes depuis ce jour (AAAA-MM-JJ)"),
    "help_changed": ("write orders anew that changed", "réécrire les commandes modifiées"),
    "help_watch": ("send folders that appear or change in a folder", "envoyer les répertoires nouveaux ou modifiés"),
    "help_watched": ("the folder in which the dossiers' folders are", "le répertoire qui contient ceux des dossiers"),
    "help_every": ("seconds between two looks", "secondes entre deux passages"),
    "help_quiet_for": (
        "seconds that a folder must rest before it is sent",
        "secondes sans changement avant l’envoi d’un répertoire",
    ),
    "help_once": ("look once and end", "un seul passage"),
    "help_status": ("say whose key it is and what is on its way", "dire à qui est la clé et ce qui est en cours"),
    "help_quiet": ("say nothing but errors", "ne dire que les erreurs"),
    "ask_key": ("Key (ddk_…): ", "Clé (ddk_…) : "),
    "logged_in": ("{firm}: {person}. Kept in {path}.", "{firm} : {person}. Enregistré dans {path}."),
    "status": ("{firm} ({url}): {person}, key “{name}”", "{firm} ({url}) : {person}, clé « {name} »"),
    "status_scopes": ("for: {scopes}", "pour : {scopes}"),
    "status_expires": ("until {moment}", "jusqu’au {moment}"),
    "status_under_way": ("large files on their way: {count}", "gros fichiers en cours d’envoi : {count}"),
    "status_waiting": ("files that no dossier uses yet: {count}", "fichiers pas encore rattachés : {count}"),
    "not_logged_in": (
        "No site is known yet: run “diagdesk login https://your-site” first.",
        "Aucun site enregistré : lancez d’abord « diagdesk login https://votre-site ».",
    ),
    "bad_url": (
        "“{url}” is no address of a site: it begins with https://.",
        "« {url} » n’est pas l’adresse d’un site : elle commence par https://.",
    ),
    "bad_key": ("A key begins with ddk_.", "Une clé commence par ddk_."),
    "bad_certificate": (
        "{host} cannot prove who it is ({why}): nothing was sent.",
        "{host} ne peut prouver son identité ({why}) : rien n’a été envoyé.",
    ),
    "unreachable": ("{host} does not answer: {why}.", "{host} ne répond pas : {why}."),
    "odd_answer": (
        "The site answered in a way that is not understood ({status}).",
        "Le site a répondu d’une façon incompréhensible ({status}).",
    ),
    "no_folder": ("{folder}: there is no such folder.", "{folder} : ce répertoire n’existe pas."),
    "no_files": ("There is nothing to send in {folder}.", "Il n’y a rien à envoyer dans {folder}."),
    "bad_settings": ("{path}: {why}", "{path} : {why}"),
    "no_object": ("it is no JSON object", "ce n’est pas un objet JSON"),
    "unknown_setting": ("unknown: {names}", "inconnu : {names}"),
    "no_list": ("“{name}” is a list of texts.", "« {name} » est une liste de textes."),
    "bad_amount": ("“{text}” is no amount.", "« {text} » n’est pas un montant."),
    "bad_email": ("“{text}” is no e-mail address.", "« {text} » n’est pas une adresse e-mail."),
    "bad_seconds": ("A number of seconds that is not negative.", "Un nombre de secondes, positif ou nul."),
    "same_dossier": (
        "{one} and {other} would be the same dossier “{name}”: nothing was sent.",
        "{one} et {other} seraient le même dossier « {name} » : rien n’a été envoyé.",
    ),
    "too_many_files": (
        "{count} new files are too many for one dossier: {most} at once.",
        "{count} nouveaux fichiers, c’est trop pour un dossier : {most} à la fois.",
    ),
    "file_changed": (
        "{path} was written while it was sent: send it again.",
        "{path} a été modifié pendant l’envoi : renvoyez-le.",
    ),
    "removed_here": (
        "“{name}” was taken out of the dossier at the site and stays out.",
        "« {name} » a été retiré du dossier sur le site et n’y revient pas.",
    ),
    "sent": (
        "{folder}: sent, {count} files ({size}) – “{title}”",
        "{folder} : envoyé, fichiers : {count} ({size}) – « {title} »",
    ),
    "unchanged": ("{folder}: nothing new", "{folder} : rien de nouveau"),
    "would_make": ("new", "nouveau"),
    "would_change": ("changed", "modifié"),
    "would_send": (
        "{folder}: would be sent ({what}), {count} files ({size}) – “{title}”",
        "{folder} : serait envoyé ({what}), fichiers : {count} ({size}) – « {title} »",
    ),
    "failed": ("{folder}: not sent. {why}", "{folder} : pas envoyé. {why}"),
    "order_taken": ("{path}", "{path}"),
    "orders_taken": ("New orders: {count}", "Nouvelles commandes : {count}"),
    "watching": ("Watching {folder}. Ctrl-C ends it.", "Surveillance de {folder}. Ctrl-C pour arrêter."),
    "look_failed": ("{why} The next look is in {seconds} s.", "{why} Nouvel essai dans {seconds} s."),
    "stopped": ("Stopped. What was sent so far is kept.", "Arrêté. Ce qui est déjà envoyé est conservé."),
    "progress": (
        "{bar} {percent} %  {done} of {total}  {speed}/s  {left} left",
        "{bar} {percent} %  {done} sur {total}  {speed}/s  reste {left}",
    ),
    "units": ("B kB MB GB", "o ko Mo Go"),
}


@cache
def language() -> str:
    """Returns `fr` where the system speaks French, else `en`; DIAGDESK_LANGUAGE says otherwise."""
    told = next(
        filter(None, (os.environ.get(name) for name in ("DIAGDESK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), ""
    )
    return "fr" if (told or locale.getlocale()[0] or "").lower().startswith("fr") else "en"


def say(key: str, **values: object) -> str:
    """Returns a text with its values."""
    english, french = WORDS[key]
    return (french if language() == "fr" else english).format(**values)
