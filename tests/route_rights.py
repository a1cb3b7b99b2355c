"""Which rights open which routes to a member of the staff; administrators have all (test_rights.py asks each).

`a+b` wants both, `a|b` one of them. A new route for the staff is written here too: one that is not fails.
"""

#: Rights → the names of routes.
RIGHTS = {
    "dossiers": """
        guest-add guest-prolong guest-revoke guest-send
        access-add access-remove bulk-archive bulk-notify diagnostic-delete diagnostic-edit diagnostic-move
        diagnostics-add document-accept document-delete document-refuse documents-add documents-mail
        dossier-edit dossier-import dossier-import-detail dossier-import-remove dossier-import-run
        dossier-import-upload dossier-imported dossier-imported-table dossier-new
        dossier-notify file-edit file-remove file-replace file-restore file-upload
        files-add files-order files-removed place-find place-move renewal-remind step-add step-edit
        step-remove step-tick version-restore
    """,
    "delete": """
        bulk-delete bulk-undelete
    """,
    "contacts": """
        contact-sms-consent contact-sms-stop join-accept join-refuse join-request join-requests join-undo
        contact-bulk-codes contact-bulk-delete contact-codes contact-data contact-delete contact-detail contact-reach
        contact-edit contact-erase contact-import contact-import-columns contact-import-detail
        contact-import-errors contact-import-remove contact-import-run contact-import-template contact-list
        contact-merge contact-new contact-sub-account contact-sub-account-codes contact-sub-account-delete
        contact-sub-account-new
    """,
    "orders": """
        mission mission-content mission-download mission-make mission-paper mission-proof mission-remind
        mission-reminders mission-withdraw order-addresses order-assign order-cancel order-contact
        order-delete order-detail order-dossier order-duplicate order-file order-file-remove order-ics order-json
        order-list order-xml
        order-move order-new order-notes order-step order-visit order-visit-cancel order-visit-ics
        order-visit-move
    """,
    "quotes": """
        order-quote quote-accept quote-certificate quote-copy quote-delete quote-detail quote-edit quote-issue
        quote-list quote-new quote-pdf quote-preview quote-prolong quote-record quote-refuse quote-reminders
        quote-withdraw
    """,
    "calendar": """
        absence-delete absence-new appointment-cancel appointment-detail appointment-edit appointment-finish
        appointment-ics appointment-move appointment-new appointment-reopen appointment-slots appointment-tell
        appointment-undo calendar diagnostician-feed diagnostician-feed-revoke
    """,
    "payments": """
        amount-edit bulk-paid dossier-payments issue-reopen issue-resolve payment-alerts payment-cancel
        payment-confirm payment-detail payment-dossiers payment-list payment-receipt payment-record
        payment-refund payment-reread reconcile unpaid-remind unpaid-remind-many unpaid-resume unpaid-stop
    """,
    "exports": """
        dossier-export dossier-kml dossier-kmz dossier-whole map-feed map-feed-file map-feed-revoke
    """,
    "prices": """
        price-list-add price-list-delete price-list-detail price-list-duplicate price-list-edit
        price-list-export price-list-import price-list-packs price-list-rows price-list-travels price-lists
    """,
    "settings": """
        certification-delete certification-edit certification-new mail-body mail-detail mail-export mail-list
        mail-resend mail-resend-failed mail-server-aside mail-server-hints mail-server-trial mail-stopped
        settings-company settings-company-compose settings-company-signature settings-login settings-mail
        settings-mail-default settings-mail-preview settings-mail-restore settings-mail-server
        settings-mail-shown settings-mail-trial settings-mails settings-sms sms-carrier sms-check sms-export
        sms-list sms-model sms-off sms-resend sms-test
        branding-undo settings-log
        account-add account-delete account-edit account-move account-switch account-token account-verify
        branding-edit diagnostician-edit diagnostician-new mission-model-preview mission-model-restore
        mission-preview mission-preview-read need-rule-add need-rule-delete need-rule-edit need-rules-restore
        rule-add rule-delete rule-edit rules-restore settings-billing settings-booking settings-dossiers
        settings-mission settings-mission-fields settings-mission-ours settings-mission-pages
        settings-mission-upload settings-needs settings-orders settings-payment settings-quotes
        settings-receipt settings-reminders settings-reminders-preview settings-reminders-trial
        settings-unpaid settings-validity settings-zones step-template-add step-template-delete
        step-template-edit step-template-move unpaid-picture unpaid-preview unpaid-progress unpaid-sample
        zone-add zone-delete
        webhook-delete webhook-deliveries webhook-delivery webhook-detail webhook-edit webhook-guide webhook-list
        webhook-new webhook-replay webhook-replay-failed webhook-rotate webhook-switch webhook-test
    """,
    "website": """
        site-block site-block-add site-block-do site-contact-do site-contacts site-do site-edit site-order
        site-page-add site-page-do site-page-edit site-panel site-picture-edit site-pictures site-preview
        site-settings site-start
    """,
    "users": """
        team-codes team-edit team-list team-new
    """,
    "prices|orders|quotes": "price-try",
    "dossiers|delete": """
        dossier-undo
    """,
    "settings|prices|website|users": """
        settings
    """,
    "messages": """
        dossier-messages message-count message-detail message-file message-list message-model-delete message-model-edit
        message-model-fill message-model-list message-model-new message-new message-reply message-unread
        message-upload
    """,
    "dossiers+delete": """
        dossier-import-undo
    """,
    "messages+exports": """
        message-export
    """,
    "quotes+exports": """
        quote-export
    """,
    "contacts+exports": """
        consultation-export contact-consultations contact-export
    """,
    "orders+exports": """
        order-export
    """,
    "payments+exports": """
        payment-export
    """,
    "contacts|dossiers|orders|quotes|calendar|messages|prices": "contact-choose",
}
#: Every member of the staff, whatever its rights.
ANYBODY = """
    api-key-revoke
    bulk-zip document-download dossier-history file-as-client file-as-client-content file-history file-versions
    library-category-add library-category-delete library-category-edit library-category-move library-deadlines
    library-delete library-edit library-move library-new library-place library-version mail-alerts
    mail-use-again
    renewal-list settings-mode version-download
"""
#: Administrators alone.
ADMINS = "archive-download archive-new archive-remove payment-notice settings-export trace-list"
