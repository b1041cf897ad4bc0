#include "signing/dkim_sign_header.h"

#include <algorithm>
#include <map>

#include "mailtool/base/ascii.h"
#include "mailtool/signing/dkim_signer.h"
#include "mailtool/signing/signature.h"

namespace mailtool::signing {
namespace {

struct SignedName {
  std::string_view name;  // as it is written in h=
  bool sealed;            // named once more than it occurs
};

// RFC 6376 section 5.4.1. Sealed is what RFC 5322 and RFC 2045 let a message
// have once at most and nobody on the way may add.
constexpr SignedName kSignedNames[] = {
    {"From", true},
    {"Sender", false},
    {"Reply-To", true},
    {"To", true},
    {"Cc", true},
    {"Subject", true},
    {"Date", true},
    {"Message-ID", true},
    {"In-Reply-To", true},
    {"References", true},
    {"MIME-Version", true},
    {"Content-Type", true},
    {"Content-Transfer-Encoding", true},
    {"Content-Disposition", false},
    {"Content-ID", false},
    {"Content-Description", false},
    {"Resent-Date", false},
    {"Resent-From", false},
    {"Resent-Sender", false},
    {"Resent-To", false},
    {"Resent-Cc", false},
    {"Resent-Message-ID", false},
    {"List-Id", false},
    {"List-Help", false},
    {"List-Unsubscribe", false},
    {"List-Unsubscribe-Post", false},  // RFC 8058 section 4: must be
    {"List-Subscribe", false},
    {"List-Post", false},
    {"List-Owner", false},
    {"List-Archive", false},
};

Error unsignable(std::string what) {
  return Error{ErrorKind::bad_input, std::move(what), "DKIM signature"};
}

// field-name = 1*ftext ; %d33-57 / %d59-126   (RFC 5322 section 3.6.8)
//
// obs-optional = field-name *WSP ":" unstructured CRLF
bool is_field_name(std::string_view name) {
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != ':';
  });
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<std::size_t> HeaderCollector::take(std::string_view piece) {
  std::size_t used = 0;
  while (!ended_ && used < piece.size()) {
    const auto line_end = piece.find('\n', used);
    const auto end = line_end == piece.npos ? piece.size() : line_end + 1;
    if (end - used > kMaxHeaderToSign - text_.size()) {
      return unsignable("the header has more than " +
                        std::to_string(kMaxHeaderToSign) + " octets");
    }
    text_.append(piece.substr(used, end - used));
    used = end;
    if (line_end == piece.npos) break;
    const auto line = std::string_view(text_).substr(line_begin_);
    if (line == "\n" || line == "\r\n") {
      text_.resize(line_begin_);
      ended_ = true;
    }
    line_begin_ = text_.size();
  }
  return used;
}

Result<std::vector<HeaderField>> HeaderCollector::fields() const {
  std::vector<HeaderField> fields;
  const std::string_view text(text_);
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    end = end == text.npos ? text.size() : end + 1;
    const auto line = text.substr(at, end - at);
    ++number;
    if (is_blank(line[0]) && !fields.empty()) {
      auto& value = fields.back().value;
      value = {
          value.data(),
          static_cast<std::size_t>(line.data() - value.data()) + line.size()};
    } else {
      const auto colon = line.find(':');
      if (colon == line.npos || !is_field_name(line.substr(0, colon))) {
        return unsignable("line " + std::to_string(number) +
                          " of the header is no field");
      }
      fields.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    at = end;
  }
  for (auto& field : fields) field.value = without_line_end(field.value);
  return fields;
}

Result<std::vector<std::string>> fields_to_sign(
    const std::vector<HeaderField>& header) {
  std::map<std::string, std::size_t, std::less<>> count;
  for (const auto& field : header) ++count[lower(trim(field.name))];
  if (!count.contains("from")) return unsignable("there is no From");

  std::vector<std::string> names;
  for (const auto& [name, sealed] : kSignedNames) {
    const auto found = count.find(lower(name));
    const auto times =
        (found == count.end() ? 0 : found->second) + (sealed ? 1 : 0);
    if (times > kMaxSignedFields - names.size()) {
      return unsignable("more than " + std::to_string(kMaxSignedFields) +
                        " fields would have to be signed");
    }
    names.insert(names.end(), times, std::string(name));
  }
  return names;
}

}  // namespace mailtool::signing
