/// \file
/// DNS answers: RFC 1035 section 4, with MX, SRV (RFC 2782), AAAA (RFC 3596)
/// and TLSA (RFC 6698). Pure syntax; asking is resolver.h's work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

enum class RecordType : std::uint16_t {
  a = 1,
  cname = 5,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  tlsa = 52,
};

/// The response codes of RFC 1035 section 4.1.1 that a client tells apart.
enum class Rcode : std::uint8_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,  ///< NXDOMAIN
  not_implemented = 4,
  refused = 5,
  other = 15,  ///< any other, also extended ones (RFC 6891)
};

// Names below are lower case, without the trailing dot; the root is "". An
// octet that no host name may hold stands as \DDD, so that it can never pass
// for a dot or reach a terminal raw. TTLs are seconds.

struct MxRecord {
  std::uint16_t preference = 0;
  std::string host;  ///< "" with preference 0 is the null MX of RFC 7505
  std::uint32_t ttl = 0;
  friend bool operator==(const MxRecord&, const MxRecord&) = default;
};

struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  ///< "" means: the service is decidedly not available
  std::uint32_t ttl = 0;
  friend bool operator==(const SrvRecord&, const SrvRecord&) = default;
};

struct TxtRecord {
  std::string text;  ///< its strings joined; any octets
  std::uint32_t ttl = 0;
  friend bool operator==(const TxtRecord&, const TxtRecord&) = default;
};

struct TlsaRecord {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching = 0;
  std::string data;  ///< octets, not hexadecimal
  std::uint32_t ttl = 0;
  friend bool operator==(const TlsaRecord&, const TlsaRecord&) = default;
};

struct AddressRecord {
  IpAddress address;
  std::uint32_t ttl = 0;
  friend bool operator==(const AddressRecord&, const AddressRecord&) = default;
};

/// One message from a name server, reduced to what answers the question. At
/// most one of the record lists is filled: the one asked for.
struct DnsAnswer {
  Rcode rcode = Rcode::no_error;
  bool authenticated = false;        ///< AD: the resolver validated it
  bool recursion_available = false;  ///< RA
  bool truncated = false;            ///< TC: records are missing
  std::string question;   ///< the name as the message echoes it, case kept
  std::string canonical;  ///< the owner of the records, behind all CNAMEs
  std::vector<AddressRecord> addresses;
  std::vector<MxRecord> mx;
  std::vector<SrvRecord> srv;
  std::vector<TxtRecord> txt;
  std::vector<TlsaRecord> tlsa;

  [[nodiscard]] bool empty() const {
    return addresses.empty() && mx.empty() && srv.empty() && txt.empty() &&
           tlsa.empty();
  }
};

/// Limits a hostile server cannot push us past.
inline constexpr std::size_t kMaxDnsRecords = 4000;
inline constexpr std::size_t kMaxCnames = 16;

/// Reads the response to the question (`owner`, `type`, IN). Records of other
/// owners are left out; CNAMEs are followed inside the message. Fails with
/// unresolved on anything malformed: counts and lengths that lie, compression
/// pointers that do not point backwards, names over 255 octets, CNAME loops,
/// more than kMaxDnsRecords records, another question.
Result<DnsAnswer> parse_dns_answer(std::string_view message,
                                   std::string_view owner, RecordType type);

}  // namespace mailtool::net
