// APPEND: RFC 9051 section 6.3.12, MULTIAPPEND (RFC 3502), APPENDLIMIT
// (RFC 7889).

#include <array>
#include <chrono>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

std::string two_digits(unsigned number) {
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year
//             SP time SP zone DQUOTE                  ; RFC 9051 section 9
std::string date_time(std::int64_t seconds) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun",
      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t of_day = ((seconds % kDay) + kDay) % kDay;
  const year_month_day date{
      sys_days(days(static_cast<int>((seconds - of_day) / kDay)))};
  const auto day = static_cast<unsigned>(date.day());
  const auto time = static_cast<unsigned>(of_day);
  return "\"" + (day < 10 ? " " + std::to_string(day) : std::to_string(day)) +
         "-" + std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) +
         "-" + std::to_string(static_cast<int>(date.year())) + " " +
         two_digits(time / 3600) + ":" + two_digits(time / 60 % 60) + ":" +
         two_digits(time % 60) + " +0000\"";
}

// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid ; RFC 9051 section 9
std::optional<AppendUid> append_uid(const imap::StatusResponse& completion,
                                    std::size_t messages) {
  if (!completion.has_code("APPENDUID")) return std::nullopt;
  const auto words = split(trim(completion.code->arguments), ' ');
  if (words.size() != 2) return std::nullopt;
  const auto uidvalidity = parse_number(words[0], UINT32_MAX);
  auto uids = imap::parse_sequence_set(words[1]);
  const bool plausible = uidvalidity && *uidvalidity != 0 && uids &&
                         !uids->open_ended() && uids->count() == messages;
  if (!plausible) return std::nullopt;
  return AppendUid{static_cast<std::uint32_t>(*uidvalidity), *std::move(uids)};
}

}  // namespace

Result<std::optional<std::uint64_t>> ImapClient::append_limit() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  return (*offered)->limit("APPENDLIMIT");
}

// Courier refuses to append to the mailbox that is open by EXAMINE. A server
// with UNSELECT is not known to, and SELECT, which takes the \Recent away from
// what is there, is spared.
Result<void> ImapClient::select_to_append(const imap::MailboxName& to) {
  const bool examined = selected_ && selected_->read_only &&
                        selected_->name.wire == to.wire;
  if (!examined || selecting_to_append_) return {};
  if (capabilities_->has("UNSELECT") || capabilities_->has("IMAP4REV2")) {
    return {};
  }
  auto begun = begin_select(to, false);
  selecting_to_append_ = begun.has_value();
  return begun;
}

// append = "APPEND" SP mailbox 1*(SP append-message)
// append-message = append-opts SP append-data        ; RFC 3502 section 6.3.11
Result<std::uint32_t> ImapClient::begin_append(
    const imap::MailboxName& to, std::span<const MessageToAppend> messages) {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  if (messages.size() > 1 && !(*offered)->has("MULTIAPPEND")) {
    return Error{ErrorKind::unsupported, "the server has no MULTIAPPEND"};
  }
  for (const auto& message : messages) {
    if (!message.utf8_header) continue;
    if (auto ready = accept_utf8(); !ready) return std::move(ready).error();
    break;
  }
  const auto mailbox = imap::in_encoding(to, names());
  std::vector<StreamedLiteral> parts;
  parts.reserve(messages.size());
  for (const auto& message : messages) {
    imap::CommandBuilder words(parts.empty() ? "APPEND" : "");
    if (parts.empty()) words.mailbox(mailbox);
    if (!message.flags.empty()) words.flags(message.flags);
    if (message.internal_date) words.text(date_time(*message.internal_date));
    auto built = words.build();
    if (!built) return std::move(built).error();
    parts.push_back({*std::move(built), message.octets, message.write,
                     message.utf8_header && utf8_enabled_});
  }
  if (auto begun = select_to_append(mailbox); !begun) {
    return std::move(begun).error();
  }
  return dialogue_.send_streamed("APPEND", parts, literal_mode());
}

Result<std::optional<AppendUid>> ImapClient::finish_append(
    std::uint32_t ticket, std::size_t messages) {
  // Where it is refused, the APPEND tells.
  if (std::exchange(selecting_to_append_, false)) (void)finish_select();
  auto done = dialogue_.await(ticket);
  if (!done) return std::move(done).error();
  if (done->status != imap::Status::ok) return imap_refusal(*done, "APPEND");
  return append_uid(*done, messages);
}

}  // namespace mailtool::client
