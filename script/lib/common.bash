# shellcheck shell=bash
# Shared by everything in script/: where the project is, how to speak, how to install what is missing.

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Debian keeps ip, sshd and dnsmasq in sbin, which an ordinary user's PATH lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }

loudly() { printf '\n*** %s ***\n\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

is_root() { [[ $EUID -eq 0 ]]; }

# Prints the comment block at the head of a script: its help text.
help_of() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$1"; }

# need_commands COMMAND:PACKAGE...: installs the packages whose command is absent; silent when nothing is.
need_commands() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null ||
        die "missing: ${missing[*]} (Debian package names); this is not Debian, install them by hand"
    is_root || die "missing: install them with: sudo apt-get install -y ${missing[*]}"
    say "Installing ${missing[*]} ..."
    install_packages "${missing[@]}"
}

# A package that brings a daemon must not start it: nothing outside the lab's namespaces is ours to change.
install_packages() {
    local policy=/usr/sbin/policy-rc.d ours=no status=0
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        ours=yes
    fi
    { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 </dev/null || status=$?
    [[ $ours == no ]] || rm -f "$policy"
    if [[ " $* " == *" openssh-server "* && -d /run/systemd/system ]]; then
        systemctl disable --quiet ssh.service ssh.socket || say "could not disable the ssh service just installed"
    fi
    ((status == 0)) || die "apt-get could not install: $*"
}

need_jdk() {
    if [[ -n ${JAVA_HOME:-} ]]; then
        [[ -x $JAVA_HOME/bin/javac ]] || die "JAVA_HOME=$JAVA_HOME has no bin/javac (expected: a JDK, 17 or newer)"
    else
        need_commands javac:default-jdk-headless
    fi
}

maven() { "$PROJECT/mvnw" -f "$PROJECT/pom.xml" "$@"; }

# The version of buf is pinned; Maven Central carries it as a ready executable, so Maven is all it takes.
BUF_VERSION=1.61.0
BUF=$PROJECT/target/tools/buf

# Fetches buf into target/tools. Fails, with a word, when it cannot: callers decide whether that matters.
fetch_buf() {
    local platform fetched
    case $(uname -m) in
        x86_64) platform=linux-x86_64 ;;
        aarch64) platform=linux-aarch_64 ;;
        *)
            say "no buf executable for $(uname -m)"
            return 1
            ;;
    esac
    fetched=$PROJECT/target/tools/buf-$BUF_VERSION-$platform.exe
    if [[ ! -x $fetched ]]; then
        maven -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
            -Dartifact="build.buf:buf:$BUF_VERSION:exe:$platform" -DoutputDirectory="$PROJECT/target/tools" >&2 ||
            { say "buf $BUF_VERSION could not be fetched from Maven Central" && return 1; }
        chmod +x "$fetched"
    fi
    ln -sf "${fetched##*/}" "$BUF"
}
