#include "signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"

namespace mailtool::signing::test {
namespace {

void must(bool ok) {
  if (!ok) throw std::runtime_error("libcrypto");
}

std::string der_of(EVP_PKEY* key) {
  unsigned char* octets = nullptr;
  const int size = i2d_PUBKEY(key, &octets);
  must(size > 0);
  std::string der(reinterpret_cast<char*>(octets),
                  static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

std::string sha256(std::string_view text) {
  unsigned char digest[32];
  must(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(),
                  nullptr) == 1);
  return {reinterpret_cast<char*>(digest), sizeof digest};
}

// RSA signs the text, Ed25519 the hash of the text (RFC 8463 section 3).
std::string sign_text(const SigningKey& key, const std::string& text) {
  const bool rsa = key.algorithm == "rsa-sha256";
  const auto data = rsa ? text : sha256(text);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  must(EVP_DigestSignInit(context.get(), nullptr, rsa ? EVP_sha256() : nullptr,
                          nullptr, key.key.get()) == 1);
  std::size_t size = 4096;
  std::string out(size, '\0');
  must(EVP_DigestSign(context.get(),
                      reinterpret_cast<unsigned char*>(out.data()), &size,
                      reinterpret_cast<const unsigned char*>(data.data()),
                      data.size()) == 1);
  out.resize(size);
  return base64_encode(out);
}

std::string squeeze(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = is_blank(c);
    if (blank && !out.empty() && out.back() == ' ') continue;
    out += blank ? ' ' : c;
  }
  return out;
}

void replace_all(std::string& text, std::string_view from,
                 std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string crlf(std::string_view text) {
  std::string out(text);
  replace_all(out, "\r\n", "\n");
  replace_all(out, "\n", "\r\n");
  return out;
}

}  // namespace

const SigningKey& rsa_key(unsigned bits) {
  static std::map<unsigned, SigningKey> keys;
  auto& made = keys[bits];
  if (!made.key) {
    made.key.reset(EVP_RSA_gen(bits), EVP_PKEY_free);
    must(made.key != nullptr);
    made.algorithm = "rsa-sha256";
    made.record = "v=DKIM1; k=rsa; p=" + base64_encode(der_of(made.key.get()));
  }
  return made;
}

const SigningKey& ed25519_key() {
  static const SigningKey made = [] {
    SigningKey key;
    key.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                  EVP_PKEY_free);
    unsigned char raw[32];
    std::size_t size = sizeof raw;
    must(EVP_PKEY_get_raw_public_key(key.key.get(), raw, &size) == 1);
    key.algorithm = "ed25519-sha256";
    key.record = "v=DKIM1; k=ed25519; p=" +
                 base64_encode({reinterpret_cast<char*>(raw), size});
    return key;
  }();
  return made;
}

std::string rsa_record(unsigned bits) {
  BIGNUM* modulus = BN_new();
  BIGNUM* exponent = BN_new();
  must(BN_rand(modulus, static_cast<int>(bits), BN_RAND_TOP_ONE,
               BN_RAND_BOTTOM_ODD) == 1 &&
       BN_set_word(exponent, 65537) == 1);
  auto* build = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
  auto* parameters = OSSL_PARAM_BLD_to_param(build);
  auto* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  must(EVP_PKEY_fromdata_init(context) == 1 &&
       EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
  auto record = "v=DKIM1; p=" + base64_encode(der_of(key));
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  BN_free(modulus);
  BN_free(exponent);
  return record;
}

std::vector<HeaderField> Message::header() const {
  std::vector<HeaderField> views;
  for (const auto& field : fields) views.push_back({field.name, field.value});
  return views;
}

Message plain_message() {
  return {{{"From", " Alice <alice@sender.example>"},
           {"To", " bob@receiver.example"},
           {"Subject", " Is  dinner\r\n\t ready?"},
           {"Date", " Fri, 20 Nov 2026 21:15:04 +0100"}},
          "Hi.\r\n\r\nWe lost  the game. \r\n\r\n\r\n"};
}

std::string reference_field(const Field& field, bool relaxed) {
  if (!relaxed) return crlf(field.name + ":" + field.value);
  auto value = crlf(field.value);
  replace_all(value, "\r\n", "");
  return lower(trim(field.name)) + ":" + squeeze(trim(value));
}

std::string reference_body(std::string_view body, bool relaxed) {
  std::string out;
  const auto text = crlf(body);
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\r\n", at);
    if (end == text.npos) end = text.size();
    auto line = text.substr(at, end - at);
    if (relaxed) {
      line = squeeze(line);
      if (line.ends_with(' ')) line.pop_back();
    }
    out += line + "\r\n";
    at = end + 2;
  }
  while (out == "\r\n" || out.ends_with("\r\n\r\n")) out.resize(out.size() - 2);
  if (out.empty() && !relaxed) out = "\r\n";
  return out;
}

std::string signature_value(const Message& message, std::string_view name,
                            const SigningKey& key, const SignSpec& spec) {
  const bool header_relaxed = spec.canonical.starts_with("relaxed");
  const bool body_relaxed = spec.canonical.ends_with("/relaxed");
  auto body = reference_body(message.body, body_relaxed);
  if (!spec.limit.empty())
    body = body.substr(0, static_cast<std::size_t>(*parse_number(spec.limit)));
  std::string value = " " + spec.first + " a=" + key.algorithm +
                      "; d=" + spec.domain + ";\r\n\ts=" + spec.selector + "; ";
  if (!spec.canonical.empty()) value += "c=" + spec.canonical + "; ";
  if (!spec.limit.empty()) value += "l=" + spec.limit + "; ";
  value += spec.more + " h=" + spec.fields +
           ";\r\n\tbh=" + base64_encode(sha256(body)) + ";\r\n\tb=";
  std::string text;
  std::map<std::string, std::size_t> used;
  for (const auto piece : split(spec.fields, ':')) {
    const auto wanted = lower(trim(piece));
    std::size_t skip = used[wanted]++;
    for (auto f = message.fields.rbegin(); f != message.fields.rend(); ++f) {
      if (lower(trim(f->name)) != wanted) continue;
      if (skip-- > 0) continue;
      text += reference_field(*f, header_relaxed) + "\r\n";
      break;
    }
  }
  text += reference_field({std::string(name), value}, header_relaxed);
  auto octets = sign_text(key, text);
  for (std::size_t at = 60; at < octets.size(); at += 64)
    octets.insert(at, "\r\n\t ");
  return value + octets;
}

void sign(Message& message, const SigningKey& key, const SignSpec& spec) {
  message.prepend("DKIM-Signature",
                  signature_value(message, "DKIM-Signature", key, spec));
}

void seal(Message& message, const SigningKey& key, unsigned instance,
          std::string chain, const SignSpec& spec) {
  if (chain.empty()) chain = instance == 1 ? "none" : "pass";
  const auto i = "i=" + std::to_string(instance) + ";";
  auto with_instance = spec;
  with_instance.first = i;
  auto signature =
      signature_value(message, "ARC-Message-Signature", key, with_instance);
  message.prepend("ARC-Authentication-Results",
                  " " + i + " mx.sender.example; dkim=pass");
  message.prepend("ARC-Message-Signature", std::move(signature));
  const auto value = " " + i + " a=" + key.algorithm + "; cv=" + chain +
                     "; d=" + spec.domain + "; s=" + spec.selector + ";\r\n b=";
  std::string text;
  for (unsigned set = 1; set <= instance; ++set) {
    for (const auto* name :
         {"ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"}) {
      for (const auto& field : message.fields) {
        const auto own = " i=" + std::to_string(set) + ";";
        if (field.name == name && field.value.starts_with(own))
          text += reference_field(field, true) + "\r\n";
      }
    }
  }
  text += reference_field({"ARC-Seal", value}, true);
  message.prepend("ARC-Seal", value + sign_text(key, text));
}

Result<KeyAnswer> TableKeys::txt(std::string_view name) {
  asked.emplace_back(name);
  const auto found = answers.find(name);
  return found == answers.end() ? KeyAnswer{} : found->second;
}

void TableKeys::add(const std::string& name, std::vector<std::string> records) {
  answers[name] = {KeyAnswer::Kind::found, std::move(records), ""};
}

TableKeys keys_with(const SigningKey& key) {
  TableKeys keys;
  keys.add("sel._domainkey.sender.example", {key.record});
  return keys;
}

DkimReport check_dkim(const Message& message, KeySource& keys,
                      std::vector<std::string> from, std::int64_t now) {
  const auto header = message.header();
  BodyHashes bodies;
  const DkimCheck check(header, from, now, bodies);
  must(bodies.write(message.body).has_value() && bodies.finish().has_value());
  auto report = check.report(bodies, keys);
  must(report.has_value());
  return *report;
}

ArcReport check_arc(const Message& message, KeySource& keys) {
  const auto header = message.header();
  BodyHashes bodies;
  const std::vector<std::string> from{"sender.example"};
  const ArcCheck check(header, from, kNow, bodies);
  must(bodies.write(message.body).has_value() && bodies.finish().has_value());
  auto report = check.report(bodies, keys);
  must(report.has_value());
  return *report;
}

}  // namespace mailtool::signing::test
