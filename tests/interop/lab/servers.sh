# Read by script/lab: how each server is configured below $dir and started. A start function succeeds when
# the server has taken its ports, and remembers its pid.

start_nsd() {
    local zone
    mkdir -p "$dir/run/nsd" "$dir/etc/zones"
    for zone in "$templates"/zones/*.zone; do
        fill "zones/${zone##*/}" "$dir/etc/zones/${zone##*/}"
    done
    sign_zones > "$dir/log/ldns.log" 2>&1 || { failed=ldns; return 1; }
    fill nsd.conf "$dir/etc/nsd.conf"
    : > "$dir/log/nsd.log"
    [ -z "$nsd_user" ] || chown -R "$nsd_user" "$dir/run/nsd" "$dir/log/nsd.log"
    rm -f "$dir/run/nsd/nsd.pid"
    nsd -c "$dir/etc/nsd.conf" >> "$dir/log/nsd.log" 2>&1 || return 1
    until_true test -s "$dir/run/nsd/nsd.pid" && remember nsd "$(< "$dir/run/nsd/nsd.pid")"
}

start_unbound() {
    fill unbound.conf "$dir/etc/unbound.conf"
    : > "$dir/log/unbound.log"
    rm -f "$dir/run/unbound.pid"
    unbound -c "$dir/etc/unbound.conf" >> "$dir/log/unbound.log" 2>&1 || return 1
    until_true test -s "$dir/run/unbound.pid" && remember unbound "$(< "$dir/run/unbound.pid")"
}

start_dovecot() {
    local rootless=$dir/etc/dovecot-rootless.conf
    mkdir -p "$dir/run/dovecot" "$dir/run/dovecot-state"
    fill dovecot.conf "$dir/etc/dovecot.conf"
    fill dovecot-oauth2.conf "$dir/etc/dovecot-oauth2.conf"
    rm -f "$rootless"
    [ "$(id -u)" = 0 ] || fill dovecot-rootless.conf "$rootless"
    : > "$dir/log/dovecot.log"
    rm -f "$dir/run/dovecot/master.pid"
    dovecot -c "$dir/etc/dovecot.conf" >> "$dir/log/dovecot.log" 2>&1 || return 1
    until_true test -s "$dir/run/dovecot/master.pid" && remember dovecot "$(< "$dir/run/dovecot/master.pid")"
}

# Postfix's master itself, as what "postfix start" does beside it is looking after the files of the system's
# own installation. These are the folders it would make.
start_postfix() {
    local file spool=$dir/spool
    local private=({active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace})
    mkdir -p "$dir/postfix" "$dir/data" "$spool"
    for file in main.cf master.cf recipients alias-domains aliases; do
        fill "$file" "$dir/postfix/$file"
    done
    printf '%s ok\n' $users > "$dir/postfix/mailboxes"
    # Postfix waits for files that have just changed to settle, two seconds long.
    touch -d '-1 minute' "$dir"/postfix/*
    (
        cd "$spool"
        mkdir -p "${private[@]}" maildrop pid public
        chmod 700 "${private[@]}" "$dir/data"
        chmod 730 maildrop
        chmod 710 public
        chown postfix "${private[@]}" "$dir/data"
        chown postfix:postdrop maildrop public
    )
    : > "$dir/log/postfix.log"
    "$(postconf -d -h daemon_directory)/master" -c "$dir/postfix" < /dev/null >> "$dir/log/postfix.log" 2>&1 &
    until_true postfix_started_or_gone $! && kill -0 $! 2> /dev/null && remember postfix $!
}

postfix_started_or_gone() {
    ! kill -0 "$1" 2> /dev/null || grep -q 'daemon started' "$dir/log/postfix.log"
}

start_all() {
    failed=nsd
    start_nsd && until_true answers_dns "$(port dns)" || return 1
    failed=unbound
    start_unbound && until_true answers_dns "$(port dnssec)" || return 1
    failed=dovecot
    start_dovecot && until_true greets "$(port imap)" '\* OK*' && until_true greets "$(port pop3)" '+OK*' \
        && until_true accepts "$(port imaps)" && until_true accepts "$(port pop3s)" \
        && until_true greets "$(port lmtp)" '220*' || return 1
    [ "$(id -u)" = 0 ] || return 0
    failed=postfix
    start_postfix && until_true greets "$(port smtp)" '220*' \
        && until_true greets "$(port submission)" '220*' && until_true accepts "$(port smtps)"
}
