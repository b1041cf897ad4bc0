#include "mailtool/imap/body_structure.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxParts = 10'000;

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
Parameters parameters(Value list) {
  Parameters all;
  if (!list.is_list()) return all;
  for (auto name = list.first(); !name.absent();) {
    const auto value = name.next();
    if (value.absent()) break;
    all.emplace_back(lower(name.text()), std::string(value.text()));
    name = value.next();
  }
  return all;
}

// media-type, media-subtype, body-fld-enc. Lenient: a quote too many behind it.
std::string token(Value value) {
  auto text = lower(value.text());
  while (text.ends_with('"')) text.pop_back();
  return text;
}

// Lenient: "-1" and NIL where a number belongs are an unknown size.
std::optional<std::uint64_t> number(Value value) {
  return parse_number(value.text());
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
void read_disposition(Value list, BodyPart& part) {
  if (!list.is_list()) return;
  part.disposition = lower(list.first().text());
  part.disposition_parameters = parameters(list.first().next());
}

// True for "(" string SP "(" …: what only a disposition looks like.
bool looks_like_disposition(Value value) {
  return value.is_list() && value.first().is_string() &&
         (value.first().next().is_list() || value.first().next().is_nil());
}

struct Pending {
  Value body;
  std::string id;  // of this part, or of the multipart that holds it
  std::size_t depth;
  bool top = false;  // the message's own body, or that of a message/rfc822
};

std::string child_id(const std::string& parent, std::size_t index) {
  const auto number = std::to_string(index);
  return parent.empty() ? number : parent + "." + number;
}

class Walker {
 public:
  explicit Walker(std::vector<std::string>& warnings) : warnings_(warnings) {}

  BodyStructure walk(Value top) {
    pending_.push_back({top, "", 0, true});
    while (!pending_.empty() && structure_.parts.size() < kMaxParts) {
      const auto next = pending_.back();
      pending_.pop_back();
      read(next);
    }
    if (!pending_.empty()) warn("more than 10000 parts");
    return std::move(structure_);
  }

 private:
  void warn(const char* what) {
    if (warnings_.size() < 16) {
      warnings_.push_back(std::string("BODYSTRUCTURE: ") + what);
    }
  }

  void read(const Pending& item) {
    if (!item.body.is_list() || item.body.first().absent()) {
      warn("part that is no list");
      return;
    }
    if (item.body.first().is_list()) {
      read_multipart(item);
    } else {
      read_single(item);
    }
  }

  // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
  void read_multipart(const Pending& item) {
    BodyPart part;
    part.type = "multipart";
    part.id = item.id;
    part.depth = item.depth;
    std::vector<Value> children;
    auto at = item.body.first();
    for (; at.is_list(); at = at.next()) {
      if (children.size() < kMaxParts) children.push_back(at);
    }
    part.subtype = token(at);
    if (at.absent()) {
      warn("multipart without subtype");
      part.subtype = "mixed";
    }
    part.parameters = parameters(at = at.next());
    read_disposition(at.next(), part);
    structure_.parts.push_back(std::move(part));
    push_children(item, children);
  }

  void push_children(const Pending& item, const std::vector<Value>& children) {
    for (auto i = children.size(); i-- > 0;) {
      pending_.push_back(
          {children[i], child_id(item.id, i + 1), item.depth + 1, false});
    }
  }

  // A multipart without parts: ("ALTERNATIVE"), ("RELATED" NIL ("INLINE" NIL)).
  // Test: "childless multipart" in body_structure_test.cc.
  static bool is_childless_multipart(Value list) {
    const auto second = list.first().next();
    if (second.absent()) return true;
    return !second.is_string() && second.kind() != Value::Kind::atom &&
           !list.first().is_nil() &&
           (second.next().absent() || looks_like_disposition(second.next()));
  }

  // body-type-1part = (body-type-basic / body-type-msg / body-type-text)
  //                   [SP body-ext-1part]
  // body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP
  //               body-fld-enc SP body-fld-octets
  void read_single(const Pending& item) {
    BodyPart part;
    part.depth = item.depth;
    auto at = item.body.first();
    if (is_childless_multipart(item.body)) {
      warn("multipart without parts");
      part.id = item.id;
      part.type = "multipart";
      part.subtype = token(at);
      part.parameters = parameters(at = at.next());
      read_disposition(at.next(), part);
      structure_.parts.push_back(std::move(part));
      return;
    }
    // Within a multipart the id is given; alone in a message it is ".1".
    part.id = item.top ? child_id(item.id, 1) : item.id;
    part.type = token(at);
    if (at.is_nil() || part.type.empty()) part.type = "application";
    part.subtype = token(at = at.next());
    if (part.subtype.empty()) part.subtype = "octet-stream";
    at = at.next();
    // Lenient: a multipart written as a single part, with its parts where the
    // parameters belong. Test: "multipart as a single part".
    if (part.type == "multipart" && at.is_list() && at.first().is_list()) {
      warn("multipart written as a single part");
      part.id = item.id;
      std::vector<Value> children;
      for (auto child = at.first(); child.is_list(); child = child.next()) {
        children.push_back(child);
      }
      structure_.parts.push_back(std::move(part));
      push_children(item, children);
      return;
    }
    // Its parts, if it has some, cannot be told.
    if (part.type == "multipart") warn("multipart without parts");
    part.parameters = parameters(at);
    part.content_id = (at = at.next()).text();
    part.description = (at = at.next()).text();
    part.encoding = token(at = at.next());
    if (part.encoding.empty()) part.encoding = "7bit";
    at = at.next();
    part.octets = number(at);
    if (!part.octets) warn("size of a part missing");
    read_tail(item, std::move(part), at.next());
  }

  // What follows the octets: envelope, body and lines of a message; the lines
  // of a text; then md5 and the disposition.
  void read_tail(const Pending& item, BodyPart part, Value at) {
    Value nested;
    if (part.is_message() && at.is_list() && !looks_like_disposition(at)) {
      at = at.next();
      if (at.is_list() && !at.first().absent()) nested = at;
      if (at.is_list() || at.is_nil()) at = at.next();
    }
    for (; !at.absent(); at = at.next()) {
      if (looks_like_disposition(at)) {
        read_disposition(at, part);
        break;
      }
    }
    const auto id = part.id;
    structure_.parts.push_back(std::move(part));
    if (!nested.absent()) {
      pending_.push_back({nested, id, item.depth + 1, true});
    }
  }

  std::vector<std::string>& warnings_;
  BodyStructure structure_;
  std::vector<Pending> pending_;
};

}  // namespace

std::string_view BodyPart::parameter(std::string_view name) const {
  for (const auto* list : {&disposition_parameters, &parameters}) {
    for (const auto& [known, value] : *list) {
      if (iequals(known, name)) return value;
    }
  }
  return {};
}

std::string_view BodyPart::file_name() const {
  for (const auto name : {"filename", "filename*", "filename*0*", "filename*0",
                          "name", "name*", "name*0*", "name*0"}) {
    if (const auto value = parameter(name); !value.empty()) return value;
  }
  return {};
}

bool BodyPart::is_attachment() const {
  if (is_message()) return true;
  if (is_multipart()) return false;
  return disposition == "attachment" || !file_name().empty() || type != "text";
}

const BodyPart* BodyStructure::find(std::string_view id) const {
  const auto at = std::find_if(parts.begin(), parts.end(),
                               [&](const auto& part) { return part.id == id; });
  return at == parts.end() ? nullptr : &*at;
}

std::vector<const BodyPart*> BodyStructure::attachments() const {
  std::vector<const BodyPart*> found;
  const BodyPart* message = nullptr;  // that is attached
  for (const auto& part : parts) {
    if (message != nullptr && part.depth > message->depth) continue;
    message = part.is_message() ? &part : nullptr;
    if (part.is_attachment()) found.push_back(&part);
  }
  return found;
}

BodyStructure read_body_structure(Value value,
                                  std::vector<std::string>& warnings) {
  // Lenient: an empty string before the structure. Test: "string first".
  if (value.is_string()) value = value.next();
  return Walker(warnings).walk(value);
}

}  // namespace mailtool::imap
