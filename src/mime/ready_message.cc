#include "mailtool/mime/ready_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"
#include "transcode_signed.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;
constexpr std::size_t kMaxName = 1000;

constexpr std::array<std::string_view, 12> kCollected = {
    "from",      "sender",    "to",         "cc",         "bcc",
    "resent-to", "resent-cc", "resent-bcc", "resent-from", "resent-sender", "message-id", "subject"};

void append(AddressList& to, AddressList list) {
  to.defective = to.defective || list.defective;
  to.defects.add(list.defects);
  const auto shift = to.mailboxes.size();
  for (auto& mailbox : list.mailboxes) to.mailboxes.push_back(std::move(mailbox));
  for (auto& group : list.groups) {
    to.groups.push_back({std::move(group.name), group.begin + shift,
                         group.end + shift});
  }
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// "From bob@example.org Fri Nov 20 21:15:04 2026": mbox, before a header.
// "From : bob" is a field.
bool is_mbox_line(std::string_view line, std::size_t colon) {
  return line.starts_with("From ") && line.find_first_not_of(" \t", 5) != colon;
}

}  // namespace

ReadyMessage::ReadyMessage(Sink& out, ReadyMessageOptions options)
    : out_(out), options_(std::move(options)) {}

ReadyMessage::~ReadyMessage() = default;

Result<void> ReadyMessage::write(std::string_view octets) {
  if (octets.empty()) return {};
  scan_.empty = false;
  if (std::exchange(held_cr_, false) && octets[0] != '\n') {
    if (auto taken = take_line("\r", false); !taken) return taken;
  }
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    auto piece = octets.substr(0, end);
    if (piece.ends_with('\r')) {
      piece.remove_suffix(1);
      held_cr_ = end == octets.npos;
    }
    const bool line_ends = end != octets.npos;
    if (auto taken = take_line(piece, line_ends); !taken) return taken;
    if (!line_ends) break;
    ++input_lines_;
    octets.remove_prefix(end + 1);
  }
  return {};
}

Result<void> ReadyMessage::take_line(std::string_view piece, bool line_ends) {
  switch (state_) {
    case State::body: return emit(piece, line_ends);
    case State::field: return take_field(piece, line_ends);
    case State::line_head: return take_line_head(piece, line_ends);
    case State::mbox_line:
      if (line_ends) state_ = State::line_head;
      return {};
  }
  return {};
}

// A header line, until it is known what it is.
Result<void> ReadyMessage::take_line_head(std::string_view piece,
                                          bool line_ends) {
  if (line_head_.empty() && !piece.empty() && is_blank(piece[0]) &&
      !name_.empty()) {
    state_ = State::field;
    return take_field(piece, line_ends);
  }
  line_head_ += piece;
  if (may_be_mark_ && line_head_.size() >= kByteOrderMark.size()) {
    may_be_mark_ = false;
    if (line_head_.starts_with(kByteOrderMark)) {
      line_head_.erase(0, kByteOrderMark.size());
    }
  }
  // Behind the longest name there is no colon, however the line is cut.
  const auto colon =
      std::string_view(line_head_).substr(0, kMaxName + 1).find(':');
  const bool decided =
      line_ends || colon != line_head_.npos || line_head_.size() > kMaxName;
  if (!decided) return {};
  may_be_mark_ = false;
  if (std::exchange(first_line_, false) && is_mbox_line(line_head_, colon)) {
    line_head_.clear();
    first_line_ = true;
    if (!line_ends) state_ = State::mbox_line;
    return {};
  }
  auto name = std::string_view(line_head_).substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  if (colon != line_head_.npos && is_field_name(name)) {
    end_field();
    name_ = lower(name);
    return begin_field(colon, line_ends);
  }
  // The empty line, or text: a body without the empty line before it.
  if (auto begun = begin_body(); !begun) return begun;
  const auto line = std::exchange(line_head_, {});
  return line.empty() && line_ends ? Result<void>{} : emit(line, line_ends);
}

Result<void> ReadyMessage::begin_field(std::size_t colon, bool line_ends) {
  scan_.has_header = true;
  const bool is_bcc = name_ == "bcc" || name_ == "resent-bcc";
  dropping_ = options_.remove_bcc && is_bcc;
  keeping_ = std::find(kCollected.begin(), kCollected.end(), name_) !=
             kCollected.end();
  has_from_ = has_from_ || name_ == "from";
  has_date_ = has_date_ || name_ == "date";
  has_message_id_ = has_message_id_ || name_ == "message-id";
  const auto line = std::exchange(line_head_, {});
  keep(std::string_view(line).substr(colon + 1));
  state_ = line_ends ? State::line_head : State::field;
  return dropping_ ? Result<void>{} : emit(line, line_ends);
}

Result<void> ReadyMessage::take_field(std::string_view piece, bool line_ends) {
  keep(piece);
  if (line_ends) state_ = State::line_head;
  return dropping_ ? Result<void>{} : emit(piece, line_ends);
}

void ReadyMessage::keep(std::string_view piece) {
  if (!keeping_) return;
  if (piece.size() > options_.max_address_octets - collected_) {
    scan_.too_many_addresses = true;
    keeping_ = false;
    return;
  }
  collected_ += piece.size();
  value_ += piece;
}

// What the field that has just ended says.
void ReadyMessage::end_field() {
  const auto name = std::exchange(name_, {});
  const auto value = std::exchange(value_, {});
  const auto is = [&name](std::string_view other) { return name == other; };
  if (is("from")) {
    append(scan_.from, parse_address_list(value));
  } else if (is("sender")) {
    append(scan_.sender, parse_address_list(value));
  } else if (is("to") || is("cc") || is("bcc")) {
    append(scan_.recipients, parse_address_list(value));
  } else if (is("resent-sender") && scan_.resent_sender.mailboxes.empty()) {
    append(scan_.resent_sender, parse_address_list(value));
  } else if (is("resent-from") && scan_.resent_from.mailboxes.empty()) {
    append(scan_.resent_from, parse_address_list(value));
  } else if (is("resent-to") || is("resent-cc") || is("resent-bcc")) {
    has_resent_ = true;
    append(resent_, parse_address_list(value));
  } else if (is("message-id") && scan_.message_id.empty()) {
    scan_.message_id = unfold(value);
  } else if (is("subject") && scan_.subject.empty()) {
    scan_.subject = decode_value(value);
  }
  keeping_ = dropping_ = false;
}

Result<void> ReadyMessage::begin_body() {
  end_field();
  if (auto added = add_missing_fields(); !added) return added;
  if (has_resent_) scan_.recipients = std::move(resent_);
  auto ended = emit({}, true);
  state_ = State::body;
  return ended;
}

Result<void> ReadyMessage::add_missing_fields() {
  if (!has_from_ && !options_.add_from.empty()) {
    scan_.from = parse_address_list(options_.add_from);
    if (auto added = add_field("From", options_.add_from); !added) return added;
  }
  if (!has_date_ && !options_.add_date.empty()) {
    if (auto added = add_field("Date", options_.add_date); !added) return added;
  }
  if (!has_message_id_ && !options_.message_id_token.empty()) {
    scan_.message_id =
        make_message_id(options_.message_id_token, message_id_domain());
    return add_field("Message-ID", scan_.message_id);
  }
  return {};
}

// The domain of From, where it can stand in an id as it is.
std::string_view ReadyMessage::message_id_domain() const {
  if (!scan_.from.mailboxes.empty()) {
    const std::string_view address = scan_.from.mailboxes[0].address;
    const auto at = address.rfind('@');
    if (at != address.npos && is_ascii(address)) return address.substr(at + 1);
  }
  return options_.message_id_domain;
}

Result<void> ReadyMessage::add_field(std::string_view name,
                                     const std::string& value) {
  if (has_line_break_or_nul(value)) {
    return Error{ErrorKind::usage,
                 "line break or NUL in the value of " + std::string(name)};
  }
  const auto field = fold_field(name, value);
  for (std::string_view rest = field; !rest.empty();) {
    const auto end = rest.find("\r\n");
    if (auto written = emit(rest.substr(0, end), true); !written) return written;
    rest.remove_prefix(end + 2);
  }
  return {};
}

// Part of a line of the output, and its end.
Result<void> ReadyMessage::emit(std::string_view piece, bool line_ends) {
  const auto mark = [&](std::size_t at) {
    return LineMark{input_lines_ + 1, scan_.octets + at,
                    state_ != State::body};
  };
  if (!scan_.bare_cr) {
    if (const auto at = piece.find('\r'); at != piece.npos) {
      scan_.bare_cr = mark(at);
    }
  }
  if (!scan_.nul) {
    if (const auto at = piece.find('\0'); at != piece.npos) scan_.nul = mark(at);
  }
  auto& has_8bit =
      state_ == State::body ? scan_.has_8bit_body : scan_.has_8bit_header;
  has_8bit = has_8bit || !is_ascii(piece);
  buffer_ += piece;
  scan_.octets += piece.size();
  line_octets_ += piece.size();
  if (line_octets_ > kMaxLineOctets && !scan_.long_line) {
    scan_.long_line = LineMark{input_lines_ + 1,
                               scan_.octets - line_octets_,
                               state_ != State::body};
  }
  if (line_octets_ > scan_.longest_line) {
    scan_.longest_line = line_octets_;
    scan_.longest_line_number = input_lines_ + 1;
  }
  if (line_ends) {
    buffer_ += "\r\n";
    scan_.octets += 2;
    ++scan_.lines;
    line_octets_ = 0;
  }
  return buffer_.size() >= kBufferOctets ? flush() : Result<void>{};
}

Result<void> ReadyMessage::flush() {
  if (buffer_.empty()) return {};
  parser_.feed(buffer_);
  auto written = out_.write(buffer_);
  buffer_.clear();
  return written;
}

// What only the structure tells.
void ReadyMessage::note_parts() {
  const auto& structure = parser_.finish();
  const auto covered = covered_parts(structure);
  for (std::size_t i = 0; i < covered.size(); ++i) {
    if (scan_.signed_by.empty()) scan_.signed_by = covered[i];
    const auto& part = structure.parts[i];
    if (structure.encoding(part) == "binary") scan_.has_binary_part = true;
  }
}

Result<void> ReadyMessage::finish() {
  if (scan_.empty) return {};
  if (std::exchange(held_cr_, false)) {
    if (auto taken = take_line("\r", false); !taken) return taken;
  }
  if (state_ == State::line_head && !line_head_.empty()) {
    if (auto taken = take_line_head({}, true); !taken) return taken;
  }
  if (state_ == State::field && !dropping_) {
    if (auto ended = emit({}, true); !ended) return ended;
  }
  if (state_ != State::body) {
    if (auto begun = begin_body(); !begun) return begun;
  }
  if (line_octets_ > 0) {
    if (auto ended = emit({}, true); !ended) return ended;
  }
  if (auto flushed = flush(); !flushed) return flushed;
  note_parts();
  return {};
}

}  // namespace mailtool::mime
