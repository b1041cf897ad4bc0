// mailtool imap raw: commands in the user's own words.

#include <utility>

#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_raw_command.h"

namespace mailtool::app {
namespace {

class RawCommands {
 public:
  RawCommands(const Invocation& invocation, ImapSession& session, Output& out)
      : invocation_(invocation), session_(session), out_(out) {}

  Result<void> open_folder() {
    const auto name = invocation_.options.get("folder");
    if (!name) return {};
    auto folder = session_.folder(*name);
    if (!folder) return std::move(folder).error();
    auto opened =
        session_.client().select(*folder, !invocation_.options.has("write"));
    if (!opened) return std::move(opened).error();
    return {};
  }

  Result<void> run(const std::string& command) {
    auto done = session_.client().raw(
        command,
        [&](std::string_view response) { return show(command, response); });
    if (!done) return std::move(done).error();
    return client::imap_success(*done, printable(command, 80));
  }

 private:
  // A response on several lines has literals; each line is shown as one.
  Result<void> show(const std::string& command, std::string_view response) {
    if (invocation_.json()) {
      JsonWriter json(out_);
      json.begin_object().field("type", "response");
      json.field("command", command).field("text", response);
      return json.end_object().end_line();
    }
    for (auto line : split(response, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      auto wrote = out_.write(printable(line, line.size()) + "\n");
      if (!wrote) return wrote;
    }
    return {};
  }

  const Invocation& invocation_;
  ImapSession& session_;
  Output& out_;
};

Result<ExitStatus> would_send(const Invocation& invocation,
                              const Words& commands, Output& out) {
  JsonWriter json(out);
  for (const auto& command : commands) {
    auto wrote =
        invocation.json()
            ? json.begin_object()
                  .field("type", "command")
                  .field("command", command)
                  .end_object()
                  .end_line()
            : out.write("would send " + printable(command, 8000) + "\n");
    if (!wrote) return wrote.error();
  }
  auto wrote = write_summary(invocation, out, ExitStatus::ok);
  if (!wrote) return wrote.error();
  return ExitStatus::ok;
}

}  // namespace

Result<ExitStatus> imap_raw(const Invocation& invocation, const Words& words,
                            Output& out) {
  for (const auto& command : words) {
    auto checked = client::check_raw_command(command);
    if (!checked) return std::move(checked).error().at("raw");
  }
  if (invocation.options.all("folder").size() > 1) {
    return Error{ErrorKind::usage, "raw takes one --folder"};
  }
  if (invocation.dry_run()) return would_send(invocation, words, out);
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  RawCommands commands(invocation, **session, out);
  auto done = commands.open_folder();
  for (std::size_t i = 0; done && i < words.size(); ++i) {
    done = commands.run(words[i]);
  }
  if (!done) return (*session)->at_server(std::move(done).error());
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

}  // namespace mailtool::app
