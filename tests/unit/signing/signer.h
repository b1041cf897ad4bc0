// Signers for tests: keys made on the spot, canonical forms by the shortest
// code that follows RFC 6376 section 3.4, so that they can be compared.
#pragma once

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/signing/arc.h"
#include "mailtool/signing/dkim.h"

namespace mailtool::signing::test {

inline constexpr std::int64_t kNow = 1'800'000'000;

struct SigningKey {
  std::shared_ptr<EVP_PKEY> key;
  std::string algorithm;  // a=
  std::string record;     // what DNS says
};

// Made once a size.
const SigningKey& rsa_key(unsigned bits = 2048);
const SigningKey& ed25519_key();
// A record with a modulus of that size and no private key to it.
std::string rsa_record(unsigned bits);

struct Field {
  std::string name;
  std::string value;
};

struct Message {
  std::vector<Field> fields;
  std::string body;

  // Views; valid until the message changes.
  [[nodiscard]] std::vector<HeaderField> header() const;
  void prepend(std::string name, std::string value) {
    fields.insert(fields.begin(), {std::move(name), std::move(value)});
  }
};

// Four fields and two lines, From alice@sender.example.
Message plain_message();

struct SignSpec {
  std::string domain = "sender.example";
  std::string selector = "sel";
  std::string canonical = "relaxed/relaxed";  // c=; "" leaves it out
  std::string fields = "From:To:Subject:Date";
  std::string more;            // further tags: "l=5; t=3;"
  std::string limit;           // octets of l=; also said in l=
  std::string first = "v=1;";  // "i=1;" for ARC
};

// The field value, with the right b=.
std::string signature_value(const Message& message, std::string_view name,
                            const SigningKey& key, const SignSpec& spec);
// Prepends a DKIM-Signature.
void sign(Message& message, const SigningKey& key, const SignSpec& spec = {});
// Prepends the three fields of the next instance; cv= as a right sealer would.
void seal(Message& message, const SigningKey& key, unsigned instance,
          std::string chain = "", const SignSpec& spec = {});

std::string reference_body(std::string_view body, bool relaxed);
std::string reference_field(const Field& field, bool relaxed);

// Answers from a table; every name not in it does not exist.
class TableKeys : public KeySource {
 public:
  Result<KeyAnswer> txt(std::string_view name) override;
  void add(const std::string& name, std::vector<std::string> records);

  std::map<std::string, KeyAnswer, std::less<>> answers;
  std::vector<std::string> asked;
};

// sel._domainkey.sender.example has the record of `key`.
TableKeys keys_with(const SigningKey& key);

DkimReport check_dkim(const Message& message, KeySource& keys,
                      std::vector<std::string> from = {"sender.example"},
                      std::int64_t now = kNow);
ArcReport check_arc(const Message& message, KeySource& keys);

}  // namespace mailtool::signing::test
