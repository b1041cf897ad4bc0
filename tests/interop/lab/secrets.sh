# Read by script/lab: passwords, OAuth tokens, keys and certificates, all made at "up" and below $dir.

make_passwords() {
    local user name
    mkdir -p "$dir/passwords"
    chmod 700 "$dir/passwords"
    for user in $users; do
        name=${user%@*}
        case $name in
            carol) echo 'carol "likes" spaces & $signs' ;;
            dave) echo 'pässwörd-€' ;;
            *) echo "$name-secret" ;;
        esac > "$dir/passwords/$name"
        chmod 600 "$dir/passwords/$name"
        echo "$user:$(< "$dir/passwords/$name")::::$dir/mail/${user#*@}/$name::"
    done > "$dir/etc/users"
    chmod 640 "$dir/etc/users"
    [ "$(id -u)" != 0 ] || chgrp dovecot "$dir/etc/users"
}

base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# Dovecot looks for the key in default/HS256/default, and wants it in base64.
make_tokens() {
    local user signed
    local key=$dir/etc/jwt/default/HS256/default
    mkdir -p "${key%/*}" "$dir/tokens"
    chmod 700 "$dir/tokens"
    openssl rand -base64 32 > "$key"
    for user in $users; do
        signed=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
        signed+=.$(printf '{"sub":"%s","iat":%d,"exp":%d}' \
            "$user" "$(date +%s)" "$(($(date +%s) + 365 * 86400))" | base64url)
        echo "$signed.$(printf %s "$signed" | openssl dgst -sha256 -mac HMAC -binary \
            -macopt "hexkey:$(openssl base64 -d -A < "$key" | od -An -v -tx1 | tr -d ' \n')" | base64url)" \
            > "$dir/tokens/${user%@*}"
        chmod 600 "$dir/tokens/${user%@*}"
    done
}

# Signers of crepes.fr: rsa._domainkey and ed25519._domainkey say the public halves. A string of a TXT record
# has 255 octets at most.
make_dkim_keys() {
    mkdir -p "$dir/dkim"
    chmod 700 "$dir/dkim"
    [ -s "$dir/dkim/rsa.pem" ] \
        || openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/dkim/rsa.pem" 2> /dev/null
    [ -s "$dir/dkim/ed25519.pem" ] || openssl genpkey -algorithm ED25519 -out "$dir/dkim/ed25519.pem"
    chmod 600 "$dir"/dkim/*.pem
    dkim_rsa=$(openssl pkey -in "$dir/dkim/rsa.pem" -pubout -outform DER | openssl base64 -A | fold -w 250 \
        | sed 's/.*/"&"/' | tr '\n' ' ')
    dkim_ed25519=$(openssl pkey -in "$dir/dkim/ed25519.pem" -pubout -outform DER | tail -c 32 | openssl base64 -A)
}

new_key() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/tls/$1.key" 2> /dev/null \
        || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/tls/$1.key"
}

certificate() {  # NAME SECTION SUBJECT [DATES...]: one that the lab's authority has signed
    local name=$1 section=$2 subject=$3
    shift 3
    new_key "$name"
    openssl req -new -config "$dir/etc/openssl.cnf" -key "$dir/tls/$name.key" -subj "/CN=$subject" \
        | openssl ca -batch -config "$dir/etc/openssl.cnf" -extensions "$section" -notext "$@" \
            -in /dev/stdin -out "$dir/tls/$name.pem"
}

make_certificates() {
    local log=$dir/log/openssl.log
    [ ! "$dir/tls/complete" -nt "$templates/openssl.cnf" ] || return 0
    fill openssl.cnf "$dir/etc/openssl.cnf"
    rm -rf "$dir/tls"
    mkdir -p "$dir/tls"
    : > "$dir/tls/index"
    export LAB_CLIENT=alice@crepes.fr
    {
        new_key ca
        openssl req -new -x509 -days 3650 -config "$dir/etc/openssl.cnf" -extensions authority \
            -key "$dir/tls/ca.key" -subj '/CN=mailtool lab' -out "$dir/tls/ca.pem"
        certificate server server mail.crepes.fr
        certificate expired server expired.test -startdate 20200101000000Z -enddate 20200201000000Z
        certificate wrong-name wrong-name somewhere-else.test
        certificate sts sts mta-sts.sts.test
        certificate sts-expired sts mta-sts.sts.test -startdate 20200101000000Z -enddate 20200201000000Z
        certificate client client "$LAB_CLIENT"
        new_key self-signed
        openssl req -new -x509 -days 3650 -config "$dir/etc/openssl.cnf" -extensions server \
            -key "$dir/tls/self-signed.key" -subj /CN=self-signed.test -out "$dir/tls/self-signed.pem"
    } > "$log" 2>&1 || { tail -n 20 "$log" >&2; die 'no certificates could be made'; }
    chmod 600 "$dir"/tls/*.key
    touch "$dir/tls/complete"
}

public_key_hash() {  # of certificate $1: SHA-256 of the SubjectPublicKeyInfo, for TLSA 3 1 1 and for pinning
    openssl x509 -in "$dir/tls/$1.pem" -noout -pubkey | openssl pkey -pubin -outform DER \
        | openssl dgst -sha256 -r | cut -d ' ' -f 1
}

# Signs the zones of $templates/signed into $dir/etc/zones, with a key made for the purpose; then changes the
# records that are marked as forged, so that their signatures are wrong.
sign_zones() {
    local keys=$dir/run/signed zone name key
    rm -rf "$keys"
    mkdir -p "$keys"
    for zone in "$templates"/signed/*.zone; do
        name=${zone##*/}
        name=${name%.zone}
        fill "signed/$name.zone" "$keys/$name.zone"
        key=$(cd "$keys" && ldns-keygen -a ECDSAP256SHA256 -k "$name") || return 1
        mv "$keys/$key.ds" "$keys/$name.ds"
        (cd "$keys" && ldns-signzone -o "$name" -f "$name.signed" "$name.zone" "$key") || return 1
        awk -v marked="$keys/$name.zone" '
            function owner(line) { split(line, word, /[ \t]+/); return word[1] }
            BEGIN { while ((getline line < marked) > 0) if (line ~ /; forged$/) forged[owner(line)] = 1 }
            { plain = $1; sub(/\.'"$name"'\.$/, "", plain) }
            plain in forged && $4 == "A" { $5 = "127.0.0.78" }
            plain in forged && $4 == "MX" { $5 = "11" }
            plain in forged && $4 == "TLSA" { $6 = "0" }
            { print }' "$keys/$name.signed" > "$dir/etc/zones/$name.zone"
    done
}
