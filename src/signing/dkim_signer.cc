#include "mailtool/signing/dkim_signer.h"

#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/base/printable.h"
#include "mailtool/signing/body_hash.h"
#include "signing/dkim_sign_header.h"
#include "signing/domain.h"
#include "signing/header_hash.h"

namespace mailtool::signing {
namespace {

constexpr std::string_view kFieldName = "DKIM-Signature";
constexpr std::size_t kLineCharacters = 78;  // RFC 5322 section 2.1.1
constexpr std::size_t kMaxDnsName = 253;

Error misconfigured(std::string what) {
  return Error{ErrorKind::config, std::move(what), "DKIM"};
}

std::string key_name(const DkimIdentity& identity) {
  return lower(identity.selector) + "._domainkey." + lower(identity.domain);
}

// A value of the field, written tag by tag and folded before what would not
// fit.
class TagWriter {
 public:
  // Goes to a line of its own where it does not fit.
  void tag(std::string_view name, std::string_view value) {
    begin(name.size() + 1 + value.size() + 1);
    append(name);
    append("=");
    append(value);
    append(";");
  }

  // sig-h-tag = %x68 [FWS] "=" [FWS] hdr-name *( [FWS] ":" [FWS] hdr-name )
  void names(const std::vector<std::string>& names) {
    begin(2 + names.front().size() + 1);
    append("h=");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0 && column_ + names[i].size() + 1 > kLineCharacters) fold();
      append(names[i]);
      append(i + 1 < names.size() ? ":" : ";");
    }
  }

  // sig-b-tag = %x62 [FWS] "=" [FWS] sig-b-tag-data, the last of the tags
  void open_b() {
    fold();
    append("b=");
  }
  void base64(std::string_view text) {
    while (!text.empty()) {
      const auto count = std::min(kLineCharacters - column_, text.size());
      append(text.substr(0, count));
      text.remove_prefix(count);
      if (!text.empty()) fold();
    }
  }

  [[nodiscard]] const std::string& value() const { return value_; }

 private:
  // Room for a blank and `octets`.
  void begin(std::size_t octets) {
    if (column_ + 1 + octets > kLineCharacters) return fold();
    append(" ");
  }
  void fold() {
    value_ += "\r\n\t";
    column_ = 1;
  }
  void append(std::string_view text) {
    value_ += text;
    column_ += text.size();
  }

  std::string value_;
  std::size_t column_ = kFieldName.size() + 1;
};

// What the signatures of one message have in common.
struct Message {
  std::vector<HeaderField> header;  // [0] is the place of the new field
  std::vector<std::string> names;   // of h=
  std::string body_hash;            // in base64
  std::int64_t now = 0;
};

void write_tags(const DkimIdentity& identity, const DkimSignerOptions& options,
                const Message& message, TagWriter& tags) {
  tags.tag("v", "1");
  tags.tag("a", identity.key.type() == KeyType::rsa ? "rsa-sha256"
                                                    : "ed25519-sha256");
  tags.tag("c", std::string(to_string(options.header)) + "/" +
                    std::string(to_string(options.body)));
  tags.tag("d", identity.domain);
  tags.tag("s", identity.selector);
  tags.tag("t", std::to_string(message.now));
  if (options.valid_for)
    tags.tag("x", std::to_string(message.now + *options.valid_for));
  tags.names(message.names);
  tags.tag("bh", message.body_hash);
  tags.open_b();
}

Result<std::string> signature_field(const DkimIdentity& identity,
                                    const DkimSignerOptions& options,
                                    Message& message) {
  TagWriter tags;
  write_tags(identity, options, message, tags);
  Signature signature;
  signature.header = options.header;
  for (const auto& name : message.names)
    signature.fields.push_back(lower(name));
  signature.b_begin = signature.b_end = tags.value().size();

  message.header[0] = {kFieldName, tags.value()};
  const HeaderIndex index(message.header);
  Digest256 hash;
  if (auto problem = header_hash(index, 0, signature, hash))
    return Error{ErrorKind::bad_input, problem->reason, "DKIM signature"};
  const auto octets = identity.key.sign(hash);
  if (!octets) {
    auto error = octets.error();
    return std::move(error).at("DKIM key of " + printable(key_name(identity)));
  }
  tags.base64(base64_encode(*octets));
  return std::string(kFieldName) + ":" + tags.value() + "\r\n";
}

Result<void> check_identity(const DkimIdentity& identity) {
  if (!is_domain(identity.domain) || !is_ascii(identity.domain)) {
    return misconfigured("'" + printable(identity.domain, 80) +
                         "' is no domain name");
  }
  if (!is_domain(identity.selector) || !is_ascii(identity.selector)) {
    return misconfigured("'" + printable(identity.selector, 80) +
                         "' is no selector: letters, digits and hyphens, in "
                         "parts with dots between");
  }
  if (key_name(identity).size() > kMaxDnsName) {
    return misconfigured("'" + printable(key_name(identity), 80) +
                         "' is too long for a name in DNS");
  }
  return {};
}

}  // namespace

Result<DkimSigner> DkimSigner::make(std::vector<DkimIdentity> identities,
                                    DkimSignerOptions options) {
  if (identities.empty()) return misconfigured("there is no key");
  if (identities.size() > kMaxKeys)
    return misconfigured("more than " + std::to_string(kMaxKeys) + " keys");
  for (auto at = identities.begin(); at != identities.end(); ++at) {
    if (auto checked = check_identity(*at); !checked)
      return std::move(checked).error();
    const bool twice =
        std::any_of(identities.begin(), at, [&](const auto& earlier) {
          return key_name(earlier) == key_name(*at);
        });
    if (twice) {
      return misconfigured("two keys cannot both stand at " +
                           printable(key_name(*at), 300));
    }
  }
  return DkimSigner(std::move(identities), options);
}

Result<std::string> DkimSigner::sign(Source& source, std::int64_t now) const {
  HeaderCollector header;
  BodyHashes body;
  body.want(options_.body, std::nullopt);
  const auto buffer = std::make_unique<std::array<char, 65'536>>();
  for (;;) {
    const auto got = source.read_some(*buffer);
    if (!got) return got.error();
    if (*got == 0) break;
    std::string_view piece(buffer->data(), *got);
    const auto used = header.take(piece);
    if (!used) return used.error();
    if (auto hashed = body.write(piece.substr(*used)); !hashed)
      return std::move(hashed).error();
  }
  if (auto hashed = body.finish(); !hashed) return std::move(hashed).error();

  auto fields = header.fields();
  if (!fields) return std::move(fields).error();
  auto names = fields_to_sign(*fields);
  if (!names) return std::move(names).error();
  const auto digest = body.hash(options_.body, std::nullopt).digest;
  Message message;
  message.header = std::move(*fields);
  message.header.insert(message.header.begin(), HeaderField{});
  message.names = std::move(*names);
  message.body_hash = base64_encode(
      {reinterpret_cast<const char*>(digest.data()), digest.size()});
  message.now = now;

  std::string text;
  for (const auto& identity : identities_) {
    auto field = signature_field(identity, options_, message);
    if (!field) return std::move(field).error();
    text += *field;
  }
  return text;
}

}  // namespace mailtool::signing
