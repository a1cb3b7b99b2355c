"""The product's settings without its databases: no query could be made by mistake."""

from config.settings import *  # noqa: F403

DATABASES = {}
ROOT_URLCONF = "tests.bench.plain_urls"
