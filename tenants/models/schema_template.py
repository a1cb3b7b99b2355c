"""The SQL text from which a new firm's schema is made."""

from django.db import models


class SchemaTemplate(models.Model):
    """A dump of an empty, migrated schema; `state` names the migrations that it holds."""

    state = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.state
