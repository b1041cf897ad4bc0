#include "app/send_supply.h"

#include <optional>

#include "app/file_source.h"
#include "app/message_reader.h"
#include "app/output.h"
#include "app/qualify.h"
#include "app/send_compose.h"
#include "app/send_envelope.h"
#include "app/send_message.h"
#include "app/send_ready.h"

namespace mailtool::app {
namespace {

Error nobody() {
  return Error{ErrorKind::usage, "no recipient", "", "",
               "name them as arguments, with --to, or take them from the "
               "header with -t"};
}

bool is_of_one_message(const Error& error) {
  return error.kind == ErrorKind::no_input ||
         error.kind == ErrorKind::bad_input || error.kind == ErrorKind::usage;
}

// The messages of --message, one by one from the reader to the taker.
class ReadyMessages : public MessageConsumer, public ParseReport {
 public:
  ReadyMessages(const Invocation& invocation, MessageTaker& taker)
      : taker_(taker), intake_(invocation), print_(invocation.options.has("print")) {}

  void begin_message(const MessagePlace& place) override {
    auto source = place.source;
    if (!place.flavour.empty()) {
      source += ", message " + std::to_string(place.index + 1);
    }
    state_ = intake_.begin(std::move(source), place.quoted_from);
  }

  bool octets(std::string_view part) override {
    if (state_) state_ = intake_.write(part);
    return state_.has_value();
  }

  Result<void> end_message(const RandomAccess*) override {
    if (!state_) return state_;
    auto message = intake_.end();
    if (message && message->recipients.empty() && !print_) message = nobody();
    if (message) return taker_.take(std::move(*message));
    auto error = std::move(message).error();
    if (!is_of_one_message(error)) return error;
    error.kind = ErrorKind::bad_input;
    return std::move(error).at(intake_.source());
  }

  void failed(Error error) override { taker_.failed(std::move(error)); }
  void progressed(std::uint64_t, std::uint64_t) override {}

 private:
  MessageTaker& taker_;
  ReadyIntake intake_;
  bool print_;
  Result<void> state_;
};

Result<void> supply_files(const Invocation& invocation, MessageTaker& taker) {
  ReadyMessages messages(invocation, taker);
  MessageReader reader({}, messages);
  MessageFiles files(invocation.options.all("message"), false);
  for (;;) {
    auto folder = files.next();
    if (!folder) {
      taker.failed(std::move(folder).error());
      continue;
    }
    if (*folder == nullptr) return {};
    for (std::size_t i = 0; i < (*folder)->size(); ++i) {
      auto read = reader.read(**folder, i, messages);
      if (read) continue;
      auto error = std::move(read).error();
      if (!is_of_one_message(error)) return error;
      taker.failed(std::move(error).at((*folder)->shown_name(i)));
    }
  }
}

Result<OutgoingMessage> message_of_stdin(const Invocation& invocation) {
  if (invocation.stdin_is_terminal && !invocation.quiet()) {
    warn("send", "reading the message from the terminal; end it with Ctrl-D");
  }
  auto source = FileSource::open("-");
  if (!source) return std::move(source).error();
  ReadyIntake intake(invocation);
  if (auto begun = intake.begin("", false); !begun) {
    return std::move(begun).error();
  }
  if (auto read = copy_all(*source, intake); !read) return std::move(read).error();
  return intake.end();
}

Result<void> check_options(const OptionValues& options, bool composing) {
  if (composing && options.has("message")) {
    return Error{ErrorKind::usage, "a ready message is not composed",
                 "--message", "", "leave out --to, -s and their kin"};
  }
  if (composing && options.has("read-recipients")) {
    return Error{ErrorKind::usage,
                 "reads recipients out of a ready message, and here one is "
                 "composed",
                 "-t"};
  }
  // What is wrong for every message is said before the first is read.
  if (auto dsn = dsn_request(options); !dsn) return std::move(dsn).error();
  if (auto domain = domain_option(options); !domain) {
    return std::move(domain).error();
  }
  return {};
}

}  // namespace

Result<void> supply_messages(const Invocation& invocation,
                             MessageTaker& taker) {
  const auto& options = invocation.options;
  const bool composing = wants_to_compose(options);
  if (auto fit = check_options(options, composing); !fit) return fit;
  // Said before stdin is waited for.
  if (!composing && invocation.arguments.empty() &&
      !options.has("read-recipients") && !options.has("print")) {
    return nobody();
  }
  if (options.has("message")) return supply_files(invocation, taker);
  auto message = composing ? compose_message(invocation)
                           : message_of_stdin(invocation);
  if (!message) return std::move(message).error();
  if (message->recipients.empty() && !options.has("print")) return nobody();
  return taker.take(std::move(*message));
}

}  // namespace mailtool::app
