#include "serve/imap_envelope.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/parameter.h"
#include "mailtool/mime/raw_address_list.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

using mime::Part;
using mime::Structure;

std::optional<std::string> value_of(const Structure& structure,
                                    const Part& part, std::string_view name) {
  const auto value = structure.value_of(part, name);
  if (!value) return std::nullopt;
  return mime::unfold(*value);
}

void put_field(std::string& out, const Structure& structure, const Part& part,
               std::string_view name) {
  const auto value = value_of(structure, part, name);
  put_nstring(out, value ? std::optional<std::string_view>(*value)
                         : std::nullopt);
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
// A name is as the header has it (RFC 9051 section 7.5.2): the client decodes it.
void put_address(std::string& out, const mime::Address& address) {
  const auto at = address.address.rfind('@');
  out += '(';
  if (address.name.empty()) {
    out += "NIL";
  } else {
    put_string(out, address.name);
  }
  out += " NIL ";
  put_string(out, std::string_view(address.address).substr(0, at));
  out += ' ';
  put_string(out, at == std::string::npos
                      ? std::string_view()
                      : std::string_view(address.address).substr(at + 1));
  out += ')';
}

// A group begins and ends with an address without a host.
void put_addresses(std::string& out, const mime::AddressList& list) {
  if (list.mailboxes.empty() && list.groups.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  std::size_t next = 0;
  const auto put_up_to = [&](std::size_t end) {
    for (; next < end; ++next) put_address(out, list.mailboxes[next]);
  };
  for (const auto& group : list.groups) {
    put_up_to(group.begin);
    out += "(NIL NIL ";
    put_string(out, group.name);
    out += " NIL)";
    put_up_to(group.end);
    out += "(NIL NIL NIL NIL)";
  }
  put_up_to(list.mailboxes.size());
  out += ')';
}

// --- BODYSTRUCTURE -------------------------------------------------------------

// A value that is not ASCII as RFC 2231 section 4 writes it: strings are ASCII.
void put_parameter(std::string& out, std::string_view name,
                   std::string_view value) {
  if (is_ascii(value)) {
    put_string(out, name);
    out += ' ';
    put_string(out, value);
    return;
  }
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded = "utf-8''";
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_') {
      encoded += c;
    } else {
      encoded += {'%', kHex[octet >> 4U], kHex[octet & 15U]};
    }
  }
  put_string(out, std::string(name) + "*");
  out += ' ';
  put_string(out, encoded);
}

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
// A text whose charset is not told is in US-ASCII (RFC 2045 section 5.2).
void put_parameters(std::string& out, const mime::ParameterizedValue& value,
                    bool is_text = false) {
  char before = '(';
  const auto put = [&](std::string_view name, std::string_view text) {
    out += before;
    put_parameter(out, name, text);
    before = ' ';
  };
  for (const auto& one : value.parameters()) {
    is_text = is_text && !iequals(one.name, "charset");
    put(one.name, one.value);
  }
  if (is_text) put("charset", "us-ascii");
  out += before == '(' ? "NIL" : ")";
}

// body-fld-lang = nstring / "(" string *(SP string) ")"
void put_languages(std::string& out, const Structure& structure,
                   const Part& part) {
  const auto value =
      value_of(structure, part, "Content-Language").value_or("");
  char before = '(';
  for (const auto word : split(value, ',')) {
    if (trim(word).empty()) continue;
    out += before;
    put_string(out, trim(word));
    before = ' ';
  }
  out += before == '(' ? "NIL" : ")";
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
void put_disposition(std::string& out, const Structure& structure,
                     const Part& part) {
  const auto value = structure.value_of(part, "Content-Disposition");
  if (!value) {
    out += "NIL";
    return;
  }
  const auto parsed = mime::parse_parameters(*value);
  out += '(';
  put_string(out, parsed.value);
  out += ' ';
  put_parameters(out, parsed);
  out += ')';
}

class BodyWriter {
 public:
  BodyWriter(std::string& out, const Structure& structure,
             const std::vector<std::uint64_t>& lines, bool extended)
      : out_(out),
        structure_(structure),
        lines_(lines),
        extended_(extended) {}

  void write() {
    for (std::uint32_t i = 0; i < structure_.parts.size(); ++i) {
      const auto parent = structure_.parts[i].parent;
      while (!open_.empty() && open_.back() != parent) close();
      begin(structure_.parts[i]);
      if (structure_.parts[i].is_leaf()) {
        out_ += ')';
      } else {
        open_.push_back(i);
      }
    }
    while (!open_.empty()) close();
  }

 private:
  void begin(const Part& part) {
    if (part.is_multipart) {
      out_ += '(';
      return;
    }
    const auto value = structure_.value_of(part, "Content-Type");
    const auto media = mime::parse_media_type(value.value_or("text/plain"));
    put_type(part);
    put_parameters(out_, media.parameters,
                   structure_.type(part).starts_with("text/"));
    for (const auto* name : {"Content-ID", "Content-Description"}) {
      out_ += ' ';
      put_field(out_, structure_, part, name);
    }
    out_ += ' ';
    put_string(out_, structure_.encoding(part));
    out_ += " " + std::to_string(part.body.length);
    if (part.is_message) {
      out_ += ' ';
      put_envelope(out_, structure_, child_of(part));
      out_ += ' ';
      return;
    }
    if (structure_.type(part).starts_with("text/")) put_lines(part);
    put_extension(part);
  }

  // "("TYPE" "SUBTYPE" "
  void put_type(const Part& part) {
    const auto type = structure_.type(part);
    const auto slash = type.find('/');
    out_ += '(';
    put_string(out_, type.substr(0, slash));
    out_ += ' ';
    put_string(out_, slash == type.npos ? "plain" : type.substr(slash + 1));
    out_ += ' ';
  }

  const Part& child_of(const Part& part) const { return *(&part + 1); }

  void put_lines(const Part& part) {
    const auto index = &part - structure_.parts.data();
    out_ += " " + std::to_string(lines_[static_cast<std::size_t>(index)]);
  }

  void put_extension(const Part& part) {
    if (!extended_) return;
    if (!part.is_multipart) {
      out_ += ' ';
      put_field(out_, structure_, part, "Content-MD5");
    }
    out_ += ' ';
    put_disposition(out_, structure_, part);
    out_ += ' ';
    put_languages(out_, structure_, part);
    out_ += ' ';
    put_field(out_, structure_, part, "Content-Location");
  }

  void close() {
    const auto index = open_.back();
    const auto& part = structure_.parts[index];
    open_.pop_back();
    if (part.is_message) {
      put_lines(part);
      put_extension(part);
    } else {
      close_multipart(part, index);
    }
    out_ += ')';
  }

  // One without parts has an empty one: the syntax has no other form.
  void close_multipart(const Part& part, std::uint32_t index) {
    const bool childless = index + 1 == structure_.parts.size() ||
                           structure_.parts[index + 1].parent != index;
    if (childless) {
      out_ += R"(("text" "plain" NIL NIL NIL "7bit" 0 0)";
      if (extended_) out_ += " NIL NIL NIL NIL";
      out_ += ')';
    }
    const auto type = structure_.type(part);
    out_ += ' ';
    put_string(out_, type.substr(std::min(type.find('/') + 1, type.size())));
    if (!extended_) return;
    out_ += ' ';
    const auto value = structure_.value_of(part, "Content-Type");
    put_parameters(out_, mime::parse_parameters(value.value_or("")));
    put_extension(part);
  }

  std::string& out_;
  const Structure& structure_;
  const std::vector<std::uint64_t>& lines_;
  bool extended_;
  std::vector<std::uint32_t> open_;
};

}  // namespace

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP
//            env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to SP
//            env-message-id ")"
void put_envelope(std::string& out, const Structure& structure,
                  const Part& part) {
  out += '(';
  put_field(out, structure, part, "Date");
  out += ' ';
  put_field(out, structure, part, "Subject");
  const auto from = structure.value_of(part, "From");
  for (const auto* name : {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"}) {
    auto value = structure.value_of(part, name);
    const std::string_view field(name);
    const bool derived = field == "Sender" || field == "Reply-To";
    if (derived && (!value || trim(*value).empty())) value = from;
    out += ' ';
    put_addresses(out, value ? mime::parse_raw_address_list(*value)
                             : mime::AddressList{});
  }
  out += ' ';
  put_field(out, structure, part, "In-Reply-To");
  out += ' ';
  put_field(out, structure, part, "Message-ID");
  out += ')';
}

void put_body_structure(std::string& out, const Structure& structure,
                        const std::vector<std::uint64_t>& lines,
                        bool extended) {
  BodyWriter(out, structure, lines, extended).write();
}

}  // namespace mailtool::serve
