#include <utility>

#include "app/commands.h"
#include "app/qualify.h"
#include "app/queue_verbs.h"
#include "app/send_recipients.h"
#include "cli/mail_text.h"
#include "cli/personality.h"
#include "cli/sendmail_session.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"

namespace mailtool::cli {
namespace {

using app::ExitStatus;
using app::Invocation;
using app::OptionValues;
using app::Output;
using Task = PersonalityLine::Task;

constexpr std::string_view kOrigin = "this host";

bool typed(const OptionValues& options, std::string_view name) {
  return options.origin(name) == "command line";
}

Result<mime::Address> one_address(const std::string& text,
                                  std::string_view what) {
  auto list = mime::read_address_list(text, what);
  if (!list) return std::move(list).error();
  return std::move(list->mailboxes.front());
}

bool is_null_sender(const std::string& text) {
  return text.empty() || text == "<>";
}

// What is missing is named with all that must be written: whoever reads it
// wants his cron job to mail, and not a manual.
Error no_account() {
  return Error{ErrorKind::config, "no account says how to send", "", "",
               "write two lines, [account.main] and send = "
               "\"smtps://USER@HOST\", into ~/.config/mailtool/config.toml or, "
               "for all users, /etc/xdg/mailtool/config.toml; "
               "mailtool.conf(5) has the rest"};
}

// -bv: what becomes of each recipient, as far as it is known here.
Result<ExitStatus> verify(const Invocation& invocation, Output& out) {
  for (const auto& argument : invocation.arguments) {
    auto list = mime::read_address_list(argument, "recipient");
    if (!list) return std::move(list).error();
    for (const auto& mailbox : list->mailboxes) {
      const auto all =
          app::expand_recipients(invocation.options, {mailbox.address});
      if (!all) return all.error();
      std::string line = printable(mailbox.address) + ":";
      for (const auto& address : *all) line += " " + printable(address);
      if (auto written = out.write(line + "\n"); !written) {
        return std::move(written).error();
      }
    }
  }
  return ExitStatus::ok;
}

// -q: sends what is due, once, whatever else the line says.
Result<ExitStatus> run_queue(const Invocation& invocation, Output& out) {
  auto run = invocation;
  run.command = "queue";
  run.arguments = {"run"};
  return app::queue(run, out);
}

}  // namespace

Result<void> complete_sender(const PersonalityLine& line,
                             const app::LocalUser& user,
                             const std::string& domain, OptionValues& options) {
  if (!options.has("domain")) {
    options.set("domain", {domain, std::string(kOrigin)});
  }
  // The From field of a message that has none: --from or -r, else -f, else the
  // account's, else the user's own.
  const auto envelope = options.get_or("envelope-from", "");
  const bool sender_typed =
      typed(options, "envelope-from") && !is_null_sender(envelope);
  const bool configured =
      options.has("from") && (typed(options, "from") || !sender_typed);
  Result<mime::Address> from = mime::Address{user.full_name, user.login};
  if (configured) {
    from = one_address(options.get_or("from", ""), "--from");
  } else if (sender_typed) {
    from = one_address(envelope, "-f");
  }
  if (!from) return std::move(from).error();
  if (!line.full_name.empty()) from->name = line.full_name;
  if (!configured || !line.full_name.empty()) {
    options.set("from", {mime::to_header(*from), std::string(kOrigin)});
  }
  if (!options.has("envelope-from")) {
    options.set("envelope-from", {from->address, std::string(kOrigin)});
  }
  return {};
}

Result<ExitStatus> run_personality(const PersonalityLine& line,
                                   const app::Environment& environment,
                                   Invocation& invocation, Output& out) {
  const auto name = name_of(line.personality);
  if (invocation.verbose()) {
    for (const auto& note : line.notes) app::warn(name, note);
  }
  if (line.task == Task::list_queue) {
    return app::queue_list_as_mailq(invocation, out);
  }
  if (line.task == Task::run_queue) return run_queue(invocation, out);
  if (line.task == Task::nothing) return ExitStatus::ok;
  auto& options = invocation.options;
  const auto user = app::local_user(environment);
  const auto as_given = invocation;
  auto completed = complete_sender(line, user, app::mail_domain(), options);
  if (!completed) return std::move(completed).error();
  if (line.task == Task::verify) return verify(invocation, out);
  const bool routed = options.has("server") || options.has("mx");
  if (!routed && !options.has("print")) return no_account();
  if (line.task == Task::serve) {
    return serve_session(line, user, options.get_or("domain", ""), as_given,
                         out);
  }
  if (line.personality == Personality::mail) {
    auto text = take_mail_text(line, environment, invocation);
    if (!text) return std::move(text).error();
    if (*text == MailText::nothing_to_send) return ExitStatus::ok;
  }
  return app::send(invocation, out);
}

}  // namespace mailtool::cli
