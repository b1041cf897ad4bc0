// Faults on purpose: what is asked of, and what is said then.

#include "mailtool/base/ascii.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_mailbox_name.h"

namespace mailtool::serve {

std::optional<std::string> ImapServer::fault(std::string_view command,
                                             std::string_view subject) {
  if (faults_ == nullptr) return std::nullopt;
  return faults_->instead(lower(command), {std::string(subject)});
}

// RFC 9051 section 7.1.5: BYE has no tag, and is the last.
void ImapServer::say_fault(std::string_view line, std::string& out) {
  const bool last = line.empty() || line.starts_with("BYE ");
  if (!line.empty()) {
    out += (last ? "*" : tag_) + " " + std::string(line) + "\r\n";
  }
  if (last) wait_ = Wait::close;
}

// The mailbox that a command is about: the first it names, where messages are
// copied the one they go to, else the one selected.
std::string ImapServer::subject_of(std::string_view verb,
                                   Arguments arguments) const {
  const auto name_in = [this](Arguments value) {
    const auto wire = astring_text(value);
    return read_mailbox_name(wire, enabled_.names())
        .value_or(std::string(wire));
  };
  for (const std::string_view one :
       {"SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE",
        "UNSUBSCRIBE", "STATUS"}) {
    if (verb == one) return name_in(arguments);
  }
  const bool second =
      verb == "COPY" || verb == "MOVE" || verb == "LIST" || verb == "LSUB";
  if (second) return name_in(arguments.next());
  return view_ ? selected_ : std::string();
}

}  // namespace mailtool::serve
