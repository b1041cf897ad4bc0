#include "app/imap_explain.h"

#include <algorithm>
#include <utility>

#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShownOctets = 16 * 1024;

imap::LiteralMode literal_mode(const imap::Capabilities& capabilities) {
  if (capabilities.has("LITERAL+")) return imap::LiteralMode::all_at_once;
  return capabilities.has("LITERAL-") || capabilities.has("IMAP4REV2")
             ? imap::LiteralMode::small_at_once
             : imap::LiteralMode::synchronizing;
}

void add_once(const std::vector<std::string>& terms,
              std::vector<std::string>& to) {
  for (const auto& term : terms) {
    if (std::find(to.begin(), to.end(), term) == to.end()) to.push_back(term);
  }
}

std::string listed(const std::vector<std::string>& terms) {
  std::string text;
  for (const auto& term : terms) {
    text += (text.empty() ? "" : ", ") + printable(term, 1000);
  }
  return text;
}

void write_list(JsonWriter& json, std::string_view name,
                const std::vector<std::string>& terms) {
  json.key(name).begin_array();
  for (const auto& term : terms) json.value(term);
  json.end_array();
}

}  // namespace

Explanation::Explanation(const imap::Capabilities& capabilities)
    : literals_(literal_mode(capabilities)) {}

Result<Explanation> Explanation::of(ImapSession& session) {
  auto offered = session.client().capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  Explanation explanation(**offered);
  for (const auto& flight : session.take_lookups()) {
    explanation.next_flight();
    for (const auto& command : flight) explanation.send(command);
  }
  explanation.next_flight();
  return explanation;
}

void Explanation::begin() {
  if (std::exchange(waits_, false)) ++trips_;
}

// A literal stands behind its length and a blank, where a line break is sent.
void Explanation::send(const imap::Command& command, std::string condition) {
  begin();
  std::string text;
  for (const auto& part : command.fragments) {
    if (!part.literal) {
      text += part.octets;
      continue;
    }
    const bool at_once = imap::sent_at_once(literals_, part.octets.size());
    if (!at_once) ++trips_;
    text += "{" + std::to_string(part.octets.size()) + (at_once ? "+" : "") +
            "} " + part.octets;
  }
  lines_.push_back({trips_, std::move(text), std::move(condition)});
}

void Explanation::send(std::string command, std::string condition) {
  begin();
  fetches_ = fetches_ || command.starts_with("UID FETCH");
  lines_.push_back({trips_, std::move(command), std::move(condition)});
}

void Explanation::on_server(const std::vector<std::string>& terms) {
  add_once(terms, server_);
}

void Explanation::here(const std::vector<std::string>& terms) {
  add_once(terms, here_);
}

void Explanation::note(std::string text) {
  add_once({std::move(text)}, notes_);
}

Result<void> Explanation::write(const Invocation& invocation,
                                Output& out) const {
  if (invocation.json()) return write_json(out);
  std::string text;
  std::size_t trip = 0;
  for (const auto& line : lines_) {
    text += trip == line.trip ? "    " : std::to_string(line.trip) + ".  ";
    trip = line.trip;
    text += printable(line.command, kShownOctets);
    if (!line.condition.empty()) text += "   (" + line.condition + ")";
    text += '\n';
  }
  if (!server_.empty()) {
    text += "the server would tell: " + listed(server_) + "\n";
  }
  if (!here_.empty()) {
    text += "this would be told here: " + listed(here_) + "\n";
  }
  for (const auto& note : notes_) text += printable(note, 1000) + "\n";
  text += "this would take " + std::to_string(trips_) +
          (trips_ == 1 ? " round trip" : " round trips") + " after the login\n";
  return out.write(text);
}

Result<void> Explanation::write_json(Output& out) const {
  for (const auto& line : lines_) {
    JsonWriter json(out);
    json.begin_object().field("type", "command");
    json.field("round_trip", std::uint64_t{line.trip});
    json.field("command", line.command);
    if (!line.condition.empty()) json.field("condition", line.condition);
    if (auto wrote = json.end_object().end_line(); !wrote) return wrote;
  }
  JsonWriter json(out);
  json.begin_object().field("type", "summary").field("exit", 0);
  json.field("round_trips", std::uint64_t{trips_});
  write_list(json, "server", server_);
  write_list(json, "here", here_);
  write_list(json, "notes", notes_);
  return json.end_object().end_line();
}

}  // namespace mailtool::app
