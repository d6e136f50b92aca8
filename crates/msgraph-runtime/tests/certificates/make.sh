#!/bin/sh
# Makes the certificates of the tests anew: a root, and three certificates that it signs.
# They are valid for a hundred years, except the ones that are about dates.
set -eu
cd "$(dirname "$0")"
ca=$(mktemp -d)
trap 'rm -r "$ca"' EXIT
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

key "$ca/root.key"
openssl req -x509 -new -key "$ca/root.key" -subj "/CN=msgraph-runtime tests" -days 36500 \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" \
    -out root.pem

touch "$ca/index"
cat > "$ca/config" <<END
[ca]
default_ca = root
[root]
database = $ca/index
new_certs_dir = $ca
certificate = root.pem
private_key = $ca/root.key
default_md = sha256
rand_serial = yes
policy = policy
unique_subject = no
[policy]
commonName = supplied
END

key "$ca/server.key"
openssl pkcs8 -topk8 -nocrypt -outform DER -in "$ca/server.key" -out server.key.der
# Name of the file, names that it is for, first and last moment.
sign() {
    openssl req -new -key "$ca/server.key" -subj "/CN=server" -out "$ca/request"
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$2" > "$ca/extensions"
    openssl ca -batch -notext -config "$ca/config" -extfile "$ca/extensions" \
        -startdate "$3" -enddate "$4" -in "$ca/request" -out "$ca/$1.pem" 2> /dev/null
    openssl x509 -in "$ca/$1.pem" -outform DER -out "$1.der"
}
sign server DNS:localhost,IP:127.0.0.1 20200101000000Z 21200101000000Z
sign other DNS:other.example,DNS:*.contoso.example 20200101000000Z 21200101000000Z
sign expired DNS:localhost,IP:127.0.0.1 20200101000000Z 20210101000000Z
sign early DNS:localhost,IP:127.0.0.1 21190101000000Z 21200101000000Z
