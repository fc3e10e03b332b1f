# Sourced: which Python can run Schemathesis. PYTHON names one that stands elsewhere.

# Every Python that is here, the preferred one first.
pythons() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.10; do
        [ -n "$candidate" ] && command -v "$candidate" || continue
    done
}

# The first that is new enough and can make an environment of its own: Debian's cannot without python3-venv.
able_python() {
    pythons | while IFS= read -r candidate; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' </dev/null 2>/dev/null; then
            echo "$candidate"
            break
        fi
    done | grep .
}
