#include "app/imap_watch_report.h"

#include "app/imap_addresses.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShown = 300;
constexpr std::size_t kMostAddresses = 20;

std::string sender(const imap::Envelope& envelope) {
  if (envelope.from.empty()) return "-";
  const auto& first = envelope.from.front();
  const auto name = decoded(first.name);
  return name.empty() ? address_text(first) : name;
}

// A field of a line: no tab, no line end, nothing that acts on a terminal.
std::string field(std::string_view text) {
  auto shown = printable(text, kShown);
  return shown.empty() ? "-" : shown;
}

}  // namespace

Result<void> WatchReport::tell(const WatchedName& name,
                               const WatchEvent& event) {
  if (!options_.wants(event.kind)) return {};
  const std::lock_guard one_at_a_time(mutex_);
  if (done_) return {};
  auto wrote = invocation_.json() ? write_json(name, event)
                                  : write_text(name, event);
  if (wrote) wrote = out_.flush();
  if (options_.once) done_ = true;
  return wrote;
}

Result<void> WatchReport::write_text(const WatchedName& name,
                                     const WatchEvent& event) {
  std::string line(name_of(event.kind));
  line += '\t' + field(name.folder) + '\t';
  line += event.uid ? std::to_string(*event.uid) : "-";
  if (event.kind == WatchEventKind::fresh) {
    const auto envelope = event.envelope.value_or(imap::Envelope{});
    line += '\t' + field(sender(envelope));
    line += '\t' + field(decoded(envelope.subject));
  } else if (event.kind == WatchEventKind::flags) {
    std::string flags;
    for (const auto& flag : event.flags) {
      flags += (flags.empty() ? "" : " ") + flag;
    }
    line += '\t' + field(flags);
  }
  return out_.write(line + '\n');
}

Result<void> WatchReport::write_json(const WatchedName& name,
                                     const WatchEvent& event) {
  JsonWriter json(out_);
  json.begin_object().field("type", "event");
  json.field("event", name_of(event.kind));
  json.field("folder", name.folder);
  json.field("uidvalidity", name.uidvalidity);
  json.key("uid").value(event.uid);
  if (event.kind != WatchEventKind::expunged) {
    json.key("flags").begin_array();
    for (const auto& flag : event.flags) json.value(flag);
    json.end_array();
  }
  if (event.kind == WatchEventKind::fresh) {
    const auto envelope = event.envelope.value_or(imap::Envelope{});
    write_addresses(json, "from", envelope.from, kMostAddresses);
    json.key("subject");
    if (envelope.subject) {
      json.value(decoded(envelope.subject));
    } else {
      json.null();
    }
  }
  return json.end_object().end_line();
}

Result<void> WatchReport::finish(ExitStatus status) {
  return write_summary(invocation_, out_, status);
}

void WatchReport::warn(const std::string& text) const {
  app::warn("imap watch", text);
}

void WatchReport::note(const std::string& text) const {
  if (!invocation_.quiet()) app::warn("imap watch", text);
}

}  // namespace mailtool::app
