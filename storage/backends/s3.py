"""Objects in an S3-compatible store."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.utils import FileProxyMixin
from storages.backends.s3 import S3Storage

from kernel.http import content_disposition
from storage.backends.base import MIB, FirmStorage, check_mode
from storage.errors import StorageUnavailable, storage_failures
from storage.keys import check_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    _Proxy = FileProxyMixin[bytes]
else:
    _Proxy = FileProxyMixin

#: A page must not hang on a store that is down: two tries of three seconds, then StorageUnavailable.
CONNECT_SECONDS = 3
READ_SECONDS = 15
ATTEMPTS = 2
#: The most that one DeleteObjects may name.
_DELETE_BATCH = 1000
#: A copy comes in one request up to here: its parts go through no connection of ours.
_COPY = TransferConfig(multipart_threshold=256 * MIB, multipart_chunksize=256 * MIB, max_concurrency=4)
#: Parts of an upload whose process died are paid for until somebody aborts them.
_ABORT_UPLOADS_AFTER_DAYS = 2


class S3FirmStorage(FirmStorage, S3Storage):  # type: ignore[misc]
    """Objects of one bucket of an S3-compatible store."""

    address_seconds = 60

    def get_default_settings(self) -> dict[str, Any]:
        """Returns django-storages' settings with ours."""
        transfer = TransferConfig(multipart_threshold=16 * MIB, multipart_chunksize=16 * MIB, max_concurrency=4)
        transfer.max_in_memory_upload_chunks = 2
        return cast("dict[str, Any]", super().get_default_settings()) | {
            "file_overwrite": False,
            "transfer_config": transfer,
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                tcp_keepalive=True,
            ),
        }

    @property
    def client(self) -> "S3Client":
        """The client of this thread (resources must not be shared by threads)."""
        return cast("S3Client", self.connection.meta.client)

    def _normalize_name(self, name: str) -> str:
        return cast("str", super()._normalize_name(check_key(name)))

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        check_mode(mode)
        with ExitStack() as failing:
            spool = failing.enter_context(
                tempfile.SpooledTemporaryFile(max_size=4 * MIB, dir=settings.FILE_UPLOAD_TEMP_DIR)
            )
            with storage_failures():
                for data in self.stream(name):
                    spool.write(data)
            spool.seek(0)
            failing.pop_all()
        return File(spool, name)

    def _save(self, name: str, content: "File[Any]") -> str:
        key = check_key(name)
        extra = self._get_write_parameters(key, content)
        path = getattr(content, "temporary_file_path", None)
        with storage_failures():
            if path is not None and Path(path()).stat().st_size < self.transfer_config.multipart_threshold:
                # One request, without the threads that the transfer manager starts for each file.
                with Path(path()).open("rb") as body:
                    self.client.put_object(Bucket=self.bucket_name, Key=key, Body=body, **extra)
            elif path is not None:
                # From the path, parts are read from the disk as they leave; from an object they wait in memory.
                self.client.upload_file(path(), self.bucket_name, key, ExtraArgs=extra, Config=self.transfer_config)
            else:
                content.seek(0)
                unclosed = _Unclosed(content)
                self.client.upload_fileobj(
                    cast("Any", unclosed), self.bucket_name, key, ExtraArgs=extra, Config=self.transfer_config
                )
        return name

    def delete(self, name: str) -> None:
        """Removes an object; one that is gone already is no error."""
        with storage_failures():
            self.client.delete_object(Bucket=self.bucket_name, Key=check_key(name))

    def exists(self, name: str) -> bool:
        """Returns whether there is an object of that key."""
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Returns the object's size in bytes."""
        with storage_failures():
            return self.client.head_object(Bucket=self.bucket_name, Key=check_key(name))["ContentLength"]

    def download_url(
        self, key: str, *, name: str, content_type: str, inline: bool = False, expires: int = 60
    ) -> str | None:
        """Returns an address that gives this one object, under `name`, for `expires` seconds (a GET, no HEAD)."""
        with storage_failures():
            return self.client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self.bucket_name,
                    "Key": check_key(key),
                    "ResponseContentDisposition": content_disposition(name, inline=inline),
                    "ResponseContentType": content_type,
                    "ResponseCacheControl": "private, no-store",
                },
                ExpiresIn=expires,
            )

    def copy(self, old: str, new: str, *, content_type: str) -> None:
        """Has the store copy the object itself, with the headers that an upload gets."""
        source: Any = {"Bucket": self.bucket_name, "Key": check_key(old)}
        extra = {"ContentType": content_type, "MetadataDirective": "REPLACE"}
        with storage_failures():
            self.client.copy(source, self.bucket_name, check_key(new), ExtraArgs=extra, Config=_COPY)

    def _chunks(self, key: str, chunk: int) -> Iterator[bytes]:
        with storage_failures():
            body = self.client.get_object(Bucket=self.bucket_name, Key=key)["Body"]
            with closing(body):
                yield from body.iter_chunks(chunk)

    def _objects(self, prefix: str) -> Iterator[tuple[str, int]]:
        pages = self.client.get_paginator("list_objects_v2")
        with storage_failures():
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                for entry in page.get("Contents", []):
                    yield entry["Key"], entry["Size"]

    def delete_prefix(self, prefix: str) -> int:
        """Removes all objects under a prefix and returns how many; operators in public may name any firm's."""
        count = 0
        for keys in batched(self.list_keys(prefix), _DELETE_BATCH, strict=False):
            with storage_failures():
                answer = self.client.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
            if errors := answer.get("Errors"):
                raise StorageUnavailable(f"{len(errors)} objects under {prefix} stayed: {errors[0].get('Code')}")
            count += len(keys)
        return count

    def remove_leftovers(self, *, before: datetime) -> None:
        """Does nothing: the bucket's own rule ends abandoned uploads (see prepare)."""

    def prepare(self) -> list[str]:
        """Makes the bucket, lets browsers read presigned addresses from our pages, and drops abandoned uploads."""
        done = []
        bucket: str = self.bucket_name
        with storage_failures():
            try:
                self.client.head_bucket(Bucket=bucket)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                    raise
                region = self.client.meta.region_name
                where: Any = {} if region == "us-east-1" else {"LocationConstraint": region}
                self.client.create_bucket(
                    Bucket=bucket, **({"CreateBucketConfiguration": where} if where and region else {})
                )
                done.append(f"{bucket}: created")
            self.client.put_bucket_cors(
                Bucket=bucket,
                CORSConfiguration={
                    "CORSRules": [
                        {
                            # Any origin: the right is in the signature, and after a redirect the origin is "null".
                            "AllowedOrigins": ["*"],
                            "AllowedMethods": ["GET", "HEAD"],
                            "AllowedHeaders": ["Range", "If-Range"],
                            "ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
                            "MaxAgeSeconds": 3600,
                        }
                    ]
                },
            )
            done.append(f"{bucket}: readable by pages of any origin that hold an address")
            if self._expire_abandoned_uploads():
                done.append(f"{bucket}: abandoned uploads end after {_ABORT_UPLOADS_AFTER_DAYS} days")
        return done

    def _expire_abandoned_uploads(self) -> bool:
        """Returns whether a rule was added; a bucket that has rules of its own keeps them."""
        try:
            self.client.get_bucket_lifecycle_configuration(Bucket=self.bucket_name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
                raise
        else:
            return False
        self.client.put_bucket_lifecycle_configuration(
            Bucket=self.bucket_name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "abandoned-uploads",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABORT_UPLOADS_AFTER_DAYS},
                    }
                ]
            },
        )
        return True


class _Unclosed(_Proxy):
    """A file that stays open: boto3 closes what it has sent."""

    def __init__(self, file: "File[Any]") -> None:
        self.file = file

    def close(self) -> None:
        """Does nothing."""
