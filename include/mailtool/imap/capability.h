/// \file
/// Capabilities: what an IMAP server said it can do (RFC 9051 section 6.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::imap {

/// A set of capability names, compared without regard to case.
class Capabilities {
 public:
  Capabilities() = default;
  /// The words of a CAPABILITY response or code, in the server's order. At most
  /// kMaxNames are kept, each of at most kMaxNameOctets.
  explicit Capabilities(const std::vector<std::string_view>& names);

  [[nodiscard]] bool has(std::string_view name) const;
  /// The mechanisms: the X of each "AUTH=X", upper case.
  [[nodiscard]] std::vector<std::string> auth_mechanisms() const;
  /// The number after "NAME=", as in "APPENDLIMIT=1000"; nullopt without one.
  [[nodiscard]] std::optional<std::uint64_t> limit(std::string_view name) const;
  /// Upper case, in the server's order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool empty() const { return names_.empty(); }

  static constexpr std::size_t kMaxNames = 500;
  static constexpr std::size_t kMaxNameOctets = 200;

 private:
  std::vector<std::string> names_;
};

}  // namespace mailtool::imap
