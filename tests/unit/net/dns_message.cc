#include "dns_message.h"

#include "mailtool/base/ascii.h"

namespace mailtool::net::test {

std::string u8(unsigned value) { return {static_cast<char>(value & 0xff)}; }
std::string u16(unsigned value) { return u8(value >> 8) + u8(value); }
std::string u32(std::uint32_t value) {
  return u16(value >> 16) + u16(value & 0xffff);
}

std::string wire_name(std::string_view name) {
  std::string wire;
  if (!name.empty())
    for (const auto label : split(name, '.'))
      wire += u8(static_cast<unsigned>(label.size())) + std::string(label);
  return wire + u8(0);
}

std::string mx_data(unsigned preference, std::string_view host) {
  return u16(preference) + wire_name(host);
}

std::string srv_data(unsigned priority, unsigned weight, unsigned port,
                     std::string_view target) {
  return u16(priority) + u16(weight) + u16(port) + wire_name(target);
}

std::string address_data(std::string_view address) {
  const auto parsed = IpAddress::parse(address).value();
  return {parsed.octets.begin(), parsed.octets.begin() + (parsed.v6 ? 16 : 4)};
}

DnsMessage::DnsMessage(std::string_view name, RecordType type, std::string id)
    : id_(std::move(id)),
      question_(wire_name(name) + u16(static_cast<unsigned>(type)) + u16(1)) {}

DnsMessage& DnsMessage::flag(std::uint16_t bits) {
  flags_ = static_cast<std::uint16_t>(flags_ ^ bits);
  return *this;
}

DnsMessage& DnsMessage::rcode(unsigned code) {
  flags_ = static_cast<std::uint16_t>((flags_ & 0xfff0U) | code);
  return *this;
}

DnsMessage& DnsMessage::answer(std::string_view owner, RecordType type,
                               std::string_view data, std::uint32_t ttl) {
  records_ += wire_name(owner) + u16(static_cast<unsigned>(type)) + u16(1) +
              u32(ttl) + u16(static_cast<unsigned>(data.size()));
  records_ += data;
  ++answers_;
  return *this;
}

DnsMessage& DnsMessage::raw_answer(std::string_view owner_octets, unsigned type,
                                   std::string_view data,
                                   unsigned data_length) {
  records_ += owner_octets;
  records_ += u16(type) + u16(1) + u32(300) + u16(data_length);
  records_ += data;
  ++answers_;
  return *this;
}

DnsMessage& DnsMessage::additional(std::string_view record_octets) {
  additional_ += record_octets;
  ++additionals_;
  return *this;
}

DnsMessage& DnsMessage::answer_count(std::uint16_t lie) {
  answers_ = lie;
  return *this;
}

DnsMessage& DnsMessage::question_octets(std::string octets) {
  question_ = std::move(octets);
  return *this;
}

std::string DnsMessage::wire() const {
  return id_ + u16(flags_) + u16(1) + u16(answers_) + u16(0) +
         u16(additionals_) + question_ + records_ + additional_;
}

}  // namespace mailtool::net::test
