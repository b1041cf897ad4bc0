#include "serve/imap_fetch_run.h"

#include <algorithm>

#include "serve/imap_envelope.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

using Kind = FetchSection::Kind;

bool is_known_encoding(const mime::Structure& structure,
                       const mime::Part& part) {
  bool known = true;
  if (part.is_leaf()) {
    (void)mime::parse_transfer_encoding(structure.encoding(part), &known);
  }
  return known;
}

}  // namespace

void FetchRun::begin(FetchQuestion question, std::vector<std::uint32_t> uids) {
  question_ = std::move(question);
  left_ = std::move(uids);
  std::reverse(left_.begin(), left_.end());
  outcome_ = {};
  open_ = false;
  window_ = nullptr;
}

bool FetchRun::more(std::string& out, std::size_t end, ImapView& view) {
  while (out.size() < end) {
    if (outcome_.broken) return true;
    if (window_ != nullptr) {
      pump(out, end);
    } else if (open_ && next_section_ < question_.sections.size()) {
      const auto& section = question_.sections[next_section_++];
      if (auto put = put_section(out, section); !put) {
        // Nothing of it was written yet.
        note(message_->uid(), put.error());
        out += " " + section.label +
               (section.kind == Kind::decoded_size ? " 0" : " NIL");
      }
    } else if (open_) {
      end_message(out);
    } else if (left_.empty()) {
      return true;
    } else {
      begin_message(out, view);
    }
  }
  return outcome_.broken;
}

void FetchRun::begin_message(std::string& out, ImapView& view) {
  const auto uid = left_.back();
  left_.pop_back();
  const auto* message = view.message(uid);
  if (message == nullptr || view.number_of(uid) == 0) {
    ++outcome_.gone;
    return;
  }
  std::string content;
  if (question_.needs_content()) {
    if (auto read = read_message(view, *message, content); !read) {
      note(uid, read.error());
      message_.reset();
      return;
    }
    message = view.message(uid);
  }
  bool seen_now = false;
  if (message != nullptr && question_.sets_seen() && !view.read_only() &&
      (message->flags & kSeen) == 0) {
    const auto stored = view.mailbox().set_flags(uid, message->flags | kSeen);
    seen_now = stored && *stored;
    message = view.message(uid);
  }
  if (message == nullptr) {
    ++outcome_.gone;
    return;
  }
  put_fetch_head(out, view, *message, question_, seen_now);
  out += content;
  next_section_ = 0;
  open_ = true;
}

// What is not streamed is written to `head`.
Result<void> FetchRun::read_message(ImapView& view,
                                    const MailboxMessage& message,
                                    std::string& head) {
  if (!message_ || message_->uid() != message.uid) {
    auto opened = ImapMessage::open(view.mailbox(), message);
    if (!opened) return std::move(opened).error();
    message_ = *std::move(opened);
  }
  const auto& sections = question_.sections;
  const bool all =
      question_.body || question_.body_structure ||
      std::any_of(sections.begin(), sections.end(), [](const auto& one) {
        return !one.is_message() && !one.needs_header_alone();
      });
  const bool some =
      question_.envelope ||
      std::any_of(sections.begin(), sections.end(),
                  [](const auto& one) { return !one.is_message(); });
  if (!some && !all) return {};
  const auto structure = all ? message_->structure() : message_->header();
  if (!structure) return structure.error();
  if (question_.envelope) {
    head += " ENVELOPE ";
    put_envelope(head, **structure, (*structure)->parts.front());
  }
  if (!question_.body && !question_.body_structure) return {};
  const auto lines = message_->lines();
  if (!lines) return lines.error();
  if (question_.body) {
    head += " BODY ";
    put_body_structure(head, **structure, *lines, false);
  }
  if (question_.body_structure) {
    head += " BODYSTRUCTURE ";
    put_body_structure(head, **structure, *lines, true);
  }
  return {};
}

void FetchRun::end_message(std::string& out) {
  out += ")\r\n";
  open_ = false;
  const bool partly =
      std::any_of(question_.sections.begin(), question_.sections.end(),
                  [](const auto& one) { return one.partial.has_value(); });
  const bool keep = partly && left_.empty() && message_ && message_->is_small();
  if (!keep) message_.reset();
  text_.reset();
}

// Fails before anything is written.
Result<void> FetchRun::put_section(std::string& out,
                                   const FetchSection& section) {
  if (section.is_message()) {
    if (section.kind == Kind::decoded_size) {
      out += " " + section.label + " " + std::to_string(message_->octets());
    } else {
      stream(out, section, message_->window(), 0, message_->octets(), false);
    }
    return {};
  }
  const auto structure = section.needs_header_alone() ? message_->header()
                                                      : message_->structure();
  if (!structure) return structure.error();
  if (section.kind == Kind::decoded || section.kind == Kind::decoded_size) {
    return put_decoded(out, section);
  }
  const auto* part = part_of(section, **structure);
  if (part == nullptr) {
    out += " " + section.label + " NIL";
    return {};
  }
  const bool top = part == &(*structure)->parts.front();
  const auto body_end = top ? message_->octets() : part->body.end();
  switch (section.kind) {
    case Kind::whole:
    case Kind::text:
      stream(out, section, message_->window(), part->body.offset,
             body_end - std::min(body_end, part->body.offset), false);
      break;
    case Kind::header:
    case Kind::mime:
      stream(out, section, message_->window(), part->header.offset,
             part->body.offset - part->header.offset, false);
      break;
    default: {
      text_.emplace(fields_of(section, **structure, *part));
      const auto text = text_->at(0);
      stream(out, section, *text_, 0, text->size(), false);
    }
  }
  return {};
}

// \pre the structure is known
Result<void> FetchRun::put_decoded(std::string& out,
                                   const FetchSection& section) {
  const auto structure = message_->structure();
  if (!structure) return structure.error();
  const auto* part = part_of(section, **structure);
  const bool size = section.kind == Kind::decoded_size;
  if (part == nullptr) {
    out += " " + section.label + (size ? " 0" : " NIL");
    return {};
  }
  // RFC 3516 section 4.3: what is not known is not answered.
  if (!is_known_encoding(**structure, *part)) {
    outcome_.unknown_encoding = true;
    return {};
  }
  if (part->transfer_encoding == mime::TransferEncoding::identity) {
    if (size) {
      out += " " + section.label + " " + std::to_string(part->body.length);
    } else {
      stream(out, section, message_->window(), part->body.offset,
             part->body.length, false);
    }
    return {};
  }
  const auto decoded = message_->decoded(*part);
  if (!decoded) return decoded.error();
  if (size) {
    out += " " + section.label + " " + std::to_string(decoded->octets);
  } else {
    stream(out, section, message_->decoded_window(*part), 0, decoded->octets,
           decoded->has_nul);
  }
  return {};
}

// `octets` from `begin` on are the section.
void FetchRun::stream(std::string& out, const FetchSection& section,
                      OctetWindow& window, std::uint64_t begin,
                      std::uint64_t octets, bool literal8) {
  std::uint64_t first = 0;
  std::uint64_t count = octets;
  if (section.partial) {
    first = std::min(section.partial->first, octets);
    count = std::min(section.partial->second, octets - first);
  }
  out += " " + section.label + (literal8 ? " ~{" : " {") +
         std::to_string(count) + "}\r\n";
  window_ = &window;
  at_ = begin + first;
  end_ = at_ + count;
  literal8_ = literal8;
}

void FetchRun::pump(std::string& out, std::size_t end) {
  while (at_ < end_ && out.size() < end) {
    const auto octets = window_->at(at_);
    if (!octets || octets->empty()) {
      if (!octets) note(message_->uid(), octets.error());
      outcome_.broken = true;
      message_.reset();
      return;
    }
    const auto next = octets->substr(
        0, static_cast<std::size_t>(
               std::min<std::uint64_t>(octets->size(), end_ - at_)));
    if (literal8_) {
      out += next;
    } else {
      put_octets(out, next);
    }
    at_ += next.size();
  }
  if (at_ == end_) window_ = nullptr;
}

void FetchRun::note(std::uint32_t uid, const Error& error) {
  if (error.kind == ErrorKind::no_such_item) {
    ++outcome_.gone;
    return;
  }
  if (outcome_.unreadable++ > 0) return;
  outcome_.unreadable_uid = uid;
  outcome_.why = error.one_line();
}

}  // namespace mailtool::serve
