/// \file
/// DnsMessage: DNS responses for tests, octet by octet, honest or not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/net/dns_answer.h"

namespace mailtool::net::test {

std::string u8(unsigned value);
std::string u16(unsigned value);
std::string u32(std::uint32_t value);
/// "mail.example" without compression; "" is the root.
std::string wire_name(std::string_view name);
std::string mx_data(unsigned preference, std::string_view host);
std::string srv_data(unsigned priority, unsigned weight, unsigned port,
                     std::string_view target);
/// "192.0.2.1" or "2001:db8::1" as RDATA.
std::string address_data(std::string_view address);

/// A response, with one question and records added in order.
class DnsMessage {
 public:
  DnsMessage(std::string_view name, RecordType type, std::string id = u16(7));

  /// QR, RD and RA are set from the start.
  DnsMessage& flag(std::uint16_t bits);
  DnsMessage& rcode(unsigned code);
  DnsMessage& answer(std::string_view owner, RecordType type,
                     std::string_view data, std::uint32_t ttl = 300);
  /// A record whose owner is raw octets, such as a pointer.
  DnsMessage& raw_answer(std::string_view owner_octets, unsigned type,
                         std::string_view data, unsigned data_length);
  DnsMessage& additional(std::string_view record_octets);
  DnsMessage& answer_count(std::uint16_t lie);
  DnsMessage& question_octets(std::string octets);

  [[nodiscard]] std::string wire() const;

 private:
  std::string id_;
  std::uint16_t flags_ = 0x8180;
  std::string question_;
  std::uint16_t answers_ = 0;
  std::uint16_t additionals_ = 0;
  std::string records_;
  std::string additional_;
};

}  // namespace mailtool::net::test
