#include "message_text.h"

#include <algorithm>
#include <stdexcept>

#include "signer.h"

namespace mailtool::signing::test {

Result<std::size_t> PieceSource::read_some(std::span<char> into) {
  const auto count = std::min({size_, into.size(), text_.size()});
  std::copy_n(text_.begin(), count, into.begin());
  text_.remove_prefix(count);
  return count;
}

std::string must_sign(const DkimSigner& signer, std::string_view text) {
  StringSource source(text);
  auto fields = signer.sign(source, kNow);
  if (!fields) throw std::runtime_error(fields.error().one_line());
  return *fields;
}

DkimReport check_text(const std::string& text, const DkimSigner& signer,
                      std::int64_t now) {
  Message message;
  std::size_t at = 0;
  while (at < text.size()) {
    auto end = text.find('\n', at);
    end = end == text.npos ? text.size() : end + 1;
    const auto line = text.substr(at, end - at);
    at = end;
    if (line == "\r\n" || line == "\n") break;
    if (line[0] == ' ' || line[0] == '\t') {
      message.fields.back().value += line;
    } else {
      const auto colon = line.find(':');
      message.fields.push_back({line.substr(0, colon), ""});
      if (colon != line.npos)
        message.fields.back().value = line.substr(colon + 1);
    }
  }
  for (auto& field : message.fields) {
    if (field.value.ends_with('\n')) field.value.pop_back();
    if (field.value.ends_with('\r')) field.value.pop_back();
  }
  message.body = text.substr(at);
  TableKeys keys;
  for (const auto& identity : signer.identities()) {
    keys.add(identity.selector + "._domainkey." + identity.domain,
             {identity.key.record()});
  }
  return check_dkim(message, keys, {"sender.example"}, now);
}

DkimReport check_text(const std::string& text, const DkimSigner& signer) {
  return check_text(text, signer, kNow);
}

}  // namespace mailtool::signing::test
