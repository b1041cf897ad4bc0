#include "mailtool/net/name_zone.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "net/name_question.h"

namespace mailtool::net {
namespace {

// RFC 1035 section 3.2.2, RFC 3596, RFC 6891.
constexpr std::uint16_t kA = 1;
constexpr std::uint16_t kNs = 2;
constexpr std::uint16_t kSoa = 6;
constexpr std::uint16_t kMx = 15;
constexpr std::uint16_t kAaaa = 28;
constexpr std::uint16_t kOpt = 41;
constexpr std::uint16_t kAny = 255;
constexpr std::uint16_t kIn = 1;

// RFC 1035 section 4.1.1, RFC 6891 section 9.
enum class Code : std::uint8_t {
  none = 0,
  format_error = 1,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,
};

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8U & 0xffU);
  out += static_cast<char>(value & 0xffU);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xffffU);
}

void put_name(std::string& out, std::string_view name) {
  if (!name.empty()) {
    for (const auto label : split(name, '.')) {
      out += static_cast<char>(label.size());
      out += label;
    }
  }
  out += '\0';
}

void put_record(std::string& out, std::string_view owner, std::uint16_t type,
                std::string_view data) {
  put_name(out, owner);
  put16(out, type);
  put16(out, kIn);
  put32(out, NameZone::kTtl);
  put16(out, static_cast<unsigned>(data.size()));
  out += data;
}

std::string address_data(const IpAddress& address) {
  const auto* octets = reinterpret_cast<const char*>(address.octets.data());
  return std::string(octets, address.v6 ? 16 : 4);
}

std::string host_data(std::string_view host) {
  std::string data;
  put_name(data, host);
  return data;
}

std::string mx_data(std::string_view host) {
  std::string data;
  put16(data, 10);
  return data + host_data(host);
}

// Serial, and refresh, retry, expire, minimum: the last is how long "there is
// no such name" is remembered (RFC 2308 section 4).
std::string soa_data(const std::string& domain) {
  const auto prefix = domain.empty() ? std::string() : "." + domain;
  auto data = host_data("ns" + prefix) + host_data("postmaster" + prefix);
  for (const std::uint32_t value : {1U, 3600U, 600U, 86400U, NameZone::kTtl}) {
    put32(data, value);
  }
  return data;
}

struct Reply {
  Code code = Code::none;
  bool authoritative = true;
  std::string answers;
  unsigned answer_count = 0;
  std::string authority;  // one record, or none
};

std::string to_wire(const NameQuestion& question, const Reply& reply,
                    std::size_t most) {
  const auto code = static_cast<unsigned>(reply.code);
  // What came of these is repeated: opcode, and recursion desired.
  unsigned flags = 0x8000U | (question.flags & 0x7900U) | (code & 15U);
  if (reply.authoritative) flags |= 0x0400U;
  std::string opt;
  if (question.edns) {
    opt += '\0';
    put16(opt, kOpt);
    put16(opt, NameZone::kUdpOctets);
    put32(opt, code >> 4U << 24U);
    put16(opt, 0);
  }
  const auto octets = 12 + question.section.size() + reply.answers.size() +
                      reply.authority.size() + opt.size();
  const bool cut = octets > most;
  if (cut) flags |= 0x0200U;
  std::string out;
  put16(out, question.id);
  put16(out, flags);
  put16(out, question.section.empty() ? 0 : 1);
  put16(out, cut ? 0 : reply.answer_count);
  put16(out, cut || reply.authority.empty() ? 0 : 1);
  put16(out, opt.empty() ? 0 : 1);
  out += question.section;
  if (!cut) out += reply.answers + reply.authority;
  return out + opt;
}

bool is_label(std::string_view label) {
  const bool letters = std::all_of(label.begin(), label.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
  return letters && !label.empty() && label.size() <= 63;
}

}  // namespace

Result<void> NameZone::add(std::string_view domain, const IpAddress& mail,
                           const IpAddress& server) {
  // With "mx.", or "postmaster." in front, and a length an label: 255 in all.
  constexpr std::size_t kMost = 240;
  const auto name = lower(domain);
  const auto labels = split(name, '.');
  if (name.size() > kMost ||
      !std::all_of(labels.begin(), labels.end(), is_label)) {
    return Error{ErrorKind::usage, "'" + printable(domain, 100) +
                                       "' cannot be a domain of a name server"};
  }
  names_[name] = {name, true, {mail}};
  names_["mx." + name] = {name, false, {mail}};
  names_["ns." + name] = {name, false, {server}};
  return {};
}

std::optional<std::string> NameZone::answer(std::string_view message,
                                            bool udp) const {
  const auto question = parse_name_question(message);
  if (!question) return std::nullopt;
  const auto most =
      udp ? std::min(question->udp_octets, kUdpOctets) : std::size_t{65535};
  const auto refuse = [&](Code code) {
    return to_wire(*question, {code, false, {}, 0, {}}, most);
  };
  if (question->opcode() != 0) return refuse(Code::not_implemented);
  if (!question->well_formed) return refuse(Code::format_error);
  if (question->edns_version != 0) return refuse(Code::bad_version);
  if (question->record_class != kIn) return refuse(Code::refused);

  Reply reply;
  const auto found = names_.find(question->name);
  const auto put = [&](std::uint16_t type, const std::string& data) {
    put_record(reply.answers, question->name, type, data);
    ++reply.answer_count;
  };
  if (found == names_.end()) {
    reply.code = Code::name_error;
    put_record(reply.authority, "", kSoa, soa_data(""));
    return to_wire(*question, reply, most);
  }
  const auto& name = found->second;
  const auto type = question->type;
  for (const auto& address : name.addresses) {
    if (type == (address.v6 ? kAaaa : kA)) put(type, address_data(address));
  }
  if (name.is_domain && type == kMx) put(kMx, mx_data("mx." + name.domain));
  if (name.is_domain && type == kNs) put(kNs, host_data("ns." + name.domain));
  // RFC 8482: one of all that there is will do.
  if (name.is_domain && (type == kSoa || type == kAny)) {
    put(kSoa, soa_data(name.domain));
  }
  if (reply.answer_count == 0) {
    put_record(reply.authority, name.domain, kSoa, soa_data(name.domain));
  }
  return to_wire(*question, reply, most);
}

}  // namespace mailtool::net
