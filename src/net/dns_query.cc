// c-ares 1.28 and newer mark what 1.18 has as deprecated.
#define CARES_NO_DEPRECATED
#include "net/dns_query.h"

#include <ares.h>
#include <openssl/rand.h>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "net/dns_channel.h"

namespace mailtool::net {
namespace {

using Clock = RunLimits::Clock;

// Aliases followed by asking again, where a server does not do it for us.
constexpr int kMaxRestarts = 8;

void put16(std::string& wire, unsigned value) {
  wire += static_cast<char>(value >> 8 & 0xff);
  wire += static_cast<char>(value & 0xff);
}

// One question on its way: what was sent, what came.
struct Asked {
  Question question;
  WireQuery query;
  Exchange exchange;
};

struct Round {
  Transport transport = Transport::udp_first;
  OnRefusal on_refusal = OnRefusal::report;
  bool edns = true;
};

Asked prepare(const Question& question, bool edns) {
  std::string random(2 + question.owner.size(), '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(random.data()),
             static_cast<int>(random.size()));
  const auto id =
      static_cast<std::uint16_t>(static_cast<unsigned char>(random[0]) << 8 |
                                 static_cast<unsigned char>(random[1]));
  Asked asked{question, {}, {}};
  asked.query = to_wire(question, id, std::string_view(random).substr(2), edns);
  return asked;
}

bool holds_records(const Asked& asked) {
  if (!asked.exchange.done || asked.exchange.status != ARES_SUCCESS)
    return false;
  const auto answer = parse_dns_answer(
      asked.exchange.message, asked.question.owner, asked.question.type);
  return answer && !answer->empty();
}

struct Carried {
  std::size_t servers = 1;
  bool cut_short = false;
};

// Sends all of `asked` and waits for the answers. Those that have none when
// time is up are left with done == false.
Result<Carried> carry(const ResolverOptions& options, const Round& round,
                      std::vector<Asked>& asked, Clock::time_point until,
                      std::optional<std::chrono::milliseconds> grace) {
  auto channel = DnsChannel::open(options, round.transport, round.on_refusal);
  if (!channel) return channel.error();
  for (auto& one : asked) (*channel)->send(one.query.octets, one.exchange);
  Carried carried{(*channel)->server_count(), false};
  const auto waiting = [](const Asked& one) { return !one.exchange.done; };
  while (std::any_of(asked.begin(), asked.end(), waiting)) {
    if (Clock::now() >= until) {
      carried.cut_short = !grace;  // the grace has been spent
      break;
    }
    if (grace && std::any_of(asked.begin(), asked.end(), holds_records)) {
      until = std::min(until, Clock::now() + *grace);
      grace.reset();
    }
    if (auto moved = (*channel)->step(until); !moved) return moved.error();
  }
  // Closing the channel reports the rest as ended: keep them as unanswered.
  std::vector<bool> answered;
  for (const auto& one : asked) answered.push_back(one.exchange.done);
  channel->reset();
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i].exchange.done = answered[i];
  return carried;
}

Error unresolved(const Question& question, std::string_view why) {
  return Error{ErrorKind::unresolved,
               "cannot look up " + question.owner + ": " + std::string(why)};
}

Error no_answer(const Asked& asked) {
  const int status = asked.exchange.status;
  if (!asked.exchange.done || status == ARES_ETIMEOUT)
    return unresolved(asked.question, "no answer from the name server");
  if (status == ARES_ECONNREFUSED)
    return unresolved(asked.question, "no name server can be reached");
  return unresolved(asked.question, ares_strerror(status));
}

std::string_view rcode_name(Rcode rcode) {
  switch (rcode) {
    case Rcode::no_error: return "NOERROR";
    case Rcode::format_error: return "FORMERR";
    case Rcode::server_failure: return "SERVFAIL";
    case Rcode::name_error: return "NXDOMAIN";
    case Rcode::not_implemented: return "NOTIMP";
    case Rcode::refused: return "REFUSED";
    case Rcode::other: break;
  }
  return "an unknown error";
}

// What one exchange says, and which round it deserves if it says nothing.
struct Verdict {
  Result<DnsAnswer> answer;
  std::optional<Round> again;
};

Verdict judge(const Asked& asked, const Round& round, std::size_t servers) {
  if (!asked.exchange.done || asked.exchange.status != ARES_SUCCESS)
    return {no_answer(asked), std::nullopt};
  auto answer = parse_dns_answer(asked.exchange.message, asked.question.owner,
                                 asked.question.type);
  if (!answer)
    return {unresolved(asked.question, answer.error().what), std::nullopt};
  // Another case than we sent: a forgery, or a server that does not keep it.
  // Over TCP there is no forging from aside.
  if (answer->question != asked.query.owner &&
      round.transport != Transport::tcp)
    return {unresolved(asked.question, "the answer echoes another question"),
            Round{Transport::tcp, round.on_refusal, round.edns}};
  if (answer->rcode != Rcode::no_error && answer->rcode != Rcode::name_error) {
    std::optional<Round> again;
    if (answer->rcode == Rcode::format_error && round.edns)
      again = Round{round.transport, round.on_refusal, false};
    else if (servers > 1 && round.on_refusal == OnRefusal::report)
      again = Round{round.transport, OnRefusal::next_server, round.edns};
    return {
        unresolved(asked.question, "the name server says " +
                                       std::string(rcode_name(answer->rcode))),
        again};
  }
  if (answer->truncated)
    return {unresolved(asked.question, "the answer is truncated"),
            std::nullopt};
  return {std::move(answer), std::nullopt};
}

// A server without recursion hands out an alias and leaves the rest to us.
bool ends_in_alias(const DnsAnswer& answer, const Question& question) {
  return answer.rcode == Rcode::no_error && answer.empty() &&
         !answer.recursion_available &&
         answer.canonical != lower(question.owner);
}

// One question more, as far as the first round left it open.
Result<DnsAnswer> settle(const ResolverOptions& options, Verdict verdict,
                         const Question& question, Clock::time_point until) {
  Question current = question;
  bool authenticated = true;
  for (int restart = 0; restart <= kMaxRestarts; ++restart) {
    Round round;
    bool send = false;
    if (verdict.again) {
      round = *verdict.again;
      send = true;
    } else if (verdict.answer && ends_in_alias(*verdict.answer, current)) {
      authenticated = authenticated && verdict.answer->authenticated;
      current.owner = verdict.answer->canonical;
      send = true;
    }
    if (!send) {
      if (verdict.answer && !authenticated)
        verdict.answer->authenticated = false;
      return std::move(verdict.answer);
    }
    std::vector<Asked> asked;
    asked.push_back(prepare(current, round.edns));
    const auto carried = carry(options, round, asked, until, std::nullopt);
    if (!carried) return carried.error();
    auto next = judge(asked[0], round, carried->servers);
    // A later round that fails says less than the first did.
    if (!next.answer && !verdict.answer && !next.again)
      return std::move(verdict.answer);
    verdict = std::move(next);
  }
  return unresolved(question, "too many aliases");
}

}  // namespace

WireQuery to_wire(const Question& question, std::uint16_t id,
                  std::string_view case_bits, bool edns) {
  constexpr unsigned recursion_desired = 0x0100, authentic_data = 0x0020;
  WireQuery query;
  put16(query.octets, id);
  put16(query.octets, recursion_desired | authentic_data);
  put16(query.octets, 1);
  put16(query.octets, 0);
  put16(query.octets, 0);
  put16(query.octets, edns ? 1 : 0);
  query.owner = lower(question.owner);
  for (std::size_t i = 0; i < query.owner.size() && i < case_bits.size(); ++i)
    if ((case_bits[i] & 1) != 0) query.owner[i] = to_upper(query.owner[i]);
  for (const auto label : split(query.owner, '.')) {
    query.octets += static_cast<char>(label.size());
    query.octets += label;
  }
  query.octets += '\0';
  put16(query.octets, static_cast<unsigned>(question.type));
  put16(query.octets, 1);
  if (edns) {  // RFC 6891 section 6.1.2: root, OPT, our UDP size, no options
    query.octets += '\0';
    put16(query.octets, 41);
    put16(query.octets, 1232);
    query.octets.append(6, '\0');
  }
  return query;
}

Answers ask(const ResolverOptions& options,
            const std::vector<Question>& questions,
            std::optional<std::chrono::milliseconds> grace) {
  const auto until = Clock::now() + options.timeout;
  Answers answers;
  std::vector<Asked> asked;
  for (const auto& question : questions)
    asked.push_back(prepare(question, true));
  const Round first;
  const auto carried = carry(options, first, asked, until, grace);
  if (!carried) {
    answers.list.assign(questions.size(), carried.error());
    return answers;
  }
  answers.cut_short = carried->cut_short;
  std::vector<Verdict> verdicts;
  bool enough = false;
  bool open = false;
  for (const auto& one : asked) {
    verdicts.push_back(judge(one, first, carried->servers));
    const auto& verdict = verdicts.back();
    enough = enough || (verdict.answer && !verdict.answer->empty());
    open = open || verdict.again;
  }
  auto until_settled = until;
  if (grace && enough) {
    until_settled = std::min(until, Clock::now() + *grace);
    answers.cut_short = answers.cut_short || open;
  }
  for (std::size_t i = 0; i < asked.size(); ++i)
    answers.list.push_back(settle(options, std::move(verdicts[i]),
                                  asked[i].question, until_settled));
  return answers;
}

std::vector<std::string> search_domains() {
  auto channel = DnsChannel::open({}, Transport::udp_first, OnRefusal::report);
  if (!channel) return {};
  return (*channel)->domains();
}

}  // namespace mailtool::net
