/// \file
/// FaultRules: what a server does wrong on purpose, the same each time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::serve {

/// As bits, so that a rule can be of several.
using Protocols = std::uint8_t;
inline constexpr Protocols kSmtp = 1;
inline constexpr Protocols kPop3 = 2;
inline constexpr Protocols kImap = 4;

/// What happens to one command.
struct Fault {
  enum class Kind : std::uint8_t {
    none,    ///< it is obeyed
    answer,  ///< it is not; `answer` is said instead
    drop,    ///< hung up, once `octets` have passed
  };
  Kind kind = Kind::none;
  std::string answer;        ///< without tag and line end: "451 4.7.1 later"
  std::uint64_t octets = 0;  ///< 0: at once, and the command is not obeyed
  std::chrono::milliseconds delay{0};  ///< before all of that
  friend bool operator==(const Fault&, const Fault&) = default;
};

struct FaultRule {
  Protocols protocols = 0;
  std::string command;  ///< lower case, one of those of parse_fault_rule()
  std::string pattern = "*";  ///< of an address, a mailbox or a number
  Fault fault;
  std::uint64_t after = 0;           ///< so many times it is obeyed first
  std::uint64_t every = 1;           ///< then of so many the last is struck
  std::uint64_t times = UINT64_MAX;  ///< and no more than these
  friend bool operator==(const FaultRule&, const FaultRule&) = default;
};

/// "rcpt:*@slow.example=451 4.7.1 greylisted; once": see the grammar in
/// fault_rule_text.cc. An answer must be one that the protocol knows. Fails
/// with usage, names the place, and hints at what that part of a rule may be.
Result<FaultRule> parse_fault_rule(std::string_view text);

/// "500ms", "2s", "1min"; a bare number is seconds. At most an hour. Fails with
/// usage.
Result<std::chrono::milliseconds> parse_delay(std::string_view text);

/// Rules and how often each was asked: of all sessions together, so that what
/// fails in one succeeds in the next.
class FaultRules {
 public:
  void add(FaultRule rule) { rules_.push_back({std::move(rule)}); }
  [[nodiscard]] bool empty() const { return rules_.empty(); }

  /// Asks the rules in their order until one answers or drops; a rule that is
  /// not reached is not counted. Delays add up. `subjects`: the addresses, the
  /// mailbox or the number that `command` is about; a pattern has to fit one,
  /// without regard to case.
  Fault strike(Protocols protocol, std::string_view command,
               const std::vector<std::string>& subjects);

 private:
  struct Counted {
    FaultRule rule;
    std::uint64_t asked = 0;
    std::uint64_t struck = 0;
  };
  std::vector<Counted> rules_;
};

}  // namespace mailtool::serve
