#include "mailtool/imap/envelope.h"

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// nstring = string / nil. An atom is taken for a string: some servers write
// numbers and dates bare.
std::optional<std::string> nstring(Value value) {
  if (value.is_string() || value.kind() == Value::Kind::atom) {
    return std::string(value.text());
  }
  return std::nullopt;
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
Address address(Value list) {
  Address one;
  auto at = list.first();
  one.name = nstring(at);
  one.route = nstring(at = at.next());
  one.mailbox = nstring(at = at.next());
  one.host = nstring(at = at.next());
  return one;
}

// env-from = "(" 1*address ")" / nil. Lenient: NIL among the addresses and
// blanks between them, and one address without the outer parentheses.
std::vector<Address> addresses(Value value, const char* field,
                               std::vector<std::string>& warnings) {
  std::vector<Address> all;
  if (value.is_nil()) return all;
  if (!value.is_list()) {
    warnings.push_back(std::string("ENVELOPE: ") + field + " is no list");
    return all;
  }
  if (value.first().is_string() && value.size() == 4) {
    all.push_back(address(value));
    return all;
  }
  for (auto at = value.first(); !at.absent(); at = at.next()) {
    if (at.is_list()) {
      all.push_back(address(at));
    } else if (!at.is_nil()) {
      warnings.push_back(std::string("ENVELOPE: odd address in ") + field);
      break;
    }
  }
  return all;
}

}  // namespace

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP
//            env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to
//            SP env-message-id ")"                    ; RFC 9051 section 9
Envelope read_envelope(Value value, std::vector<std::string>& warnings) {
  Envelope envelope;
  if (!value.is_list()) {
    if (!value.is_nil()) warnings.emplace_back("ENVELOPE is no list");
    return envelope;
  }
  auto at = value.first();
  envelope.date = nstring(at);
  envelope.subject = nstring(at = at.next());
  struct Field {
    const char* name;
    std::vector<Address>* into;
  };
  const Field fields[] = {{"from", &envelope.from},
                          {"sender", &envelope.sender},
                          {"reply-to", &envelope.reply_to},
                          {"to", &envelope.to},
                          {"cc", &envelope.cc},
                          {"bcc", &envelope.bcc}};
  at = at.next();
  // Lenient: a subject with quotes in it is several values; the first field of
  // addresses shows where it ends. Test: odd_fetch_test.cc.
  while (!at.absent() && !at.is_list() && !at.is_nil()) {
    if (envelope.subject) warnings.emplace_back("ENVELOPE: odd subject");
    envelope.subject.reset();
    at = at.next();
  }
  for (const auto& field : fields) {
    if (at.absent()) break;
    *field.into = addresses(at, field.name, warnings);
    at = at.next();
  }
  envelope.in_reply_to = nstring(at);
  envelope.message_id = nstring(at = at.next());
  if (at.absent()) {
    warnings.emplace_back("ENVELOPE with fields missing");
  } else if (!at.next().absent()) {
    warnings.emplace_back("ENVELOPE with more fields than ten");
  }
  return envelope;
}

}  // namespace mailtool::imap
