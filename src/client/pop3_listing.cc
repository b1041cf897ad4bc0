// STAT, LIST and UIDL: what the maildrop holds.

#include "client/pop3_refusal.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {
namespace {

// Refused for now is an answer for the whole session, not about one listing.
bool refused_for_now(const pop3::Reply& reply) {
  return refusal(reply, "").kind == ErrorKind::deferred;
}

}  // namespace

Result<void> Pop3Client::read_sizes(std::uint32_t count,
                                    pop3::Maildrop& maildrop) {
  const auto step = pop3::list().shown;
  const auto reply = read_reply(step);
  if (!reply) return reply.error();
  if (!reply->ok()) {
    if (count == 0 && !refused_for_now(*reply)) return {};
    return refusal(*reply, step);
  }
  auto listed = read_lines(step, count, [&](std::string_view line) {
    auto entry = pop3::parse_list_line(line);
    if (!entry) return Result<void>(std::move(entry).error());
    return maildrop.add_size(*entry, count);
  });
  if (!listed) return listed;
  if (maildrop.size() != count || !maildrop.complete()) {
    return broken(
        {ErrorKind::protocol, "bad LIST: not the " + std::to_string(count) +
                                  " messages that STAT counts"},
        step);
  }
  return {};
}

// UIDL is optional (RFC 1939 section 7): without it messages have no id.
Result<void> Pop3Client::read_uids(pop3::Maildrop& maildrop) {
  const auto step = pop3::uidl().shown;
  const auto reply = read_reply(step);
  if (!reply) return reply.error();
  if (!reply->ok()) {
    if (refused_for_now(*reply)) return refusal(*reply, step);
    return {};
  }
  return read_lines(step, maildrop.size(), [&](std::string_view line) {
    auto entry = pop3::parse_uidl_line(line);
    if (!entry) return Result<void>(std::move(entry).error());
    return maildrop.add_uid(*entry);
  });
}

Result<pop3::Maildrop> Pop3Client::list() {
  const bool pipelining = offers("PIPELINING");
  const auto flight = pop3::stat().line + pop3::list().line + pop3::uidl().line;
  const auto stat = pop3::stat();
  const auto first =
      pipelining ? pop3::Command{flight, stat.shown, true, false} : stat;

  const auto reply = exchange(first);
  if (!reply) return reply.error();
  // The session is over with the listings on their way: nobody reads them.
  if (!reply->ok()) return broken(refusal(*reply, stat.shown), stat.shown);
  const auto counted = pop3::parse_stat(reply->text);
  if (!counted) return broken(counted.error(), stat.shown);

  pop3::Maildrop maildrop;
  if (!pipelining) {
    if (counted->count == 0) return maildrop;
    if (auto sent = send(pop3::list()); !sent) return std::move(sent).error();
  }
  if (auto sizes = read_sizes(counted->count, maildrop); !sizes) {
    return broken(std::move(sizes).error(), "LIST");
  }
  if (!pipelining) {
    if (auto sent = send(pop3::uidl()); !sent) return std::move(sent).error();
  }
  if (auto uids = read_uids(maildrop); !uids) {
    return broken(std::move(uids).error(), "UIDL");
  }
  return maildrop;
}

}  // namespace mailtool::client
