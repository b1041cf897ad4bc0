/// \file
/// Authentication-Results: RFC 8601 section 2.2. ARC-Authentication-Results:
/// RFC 8617 section 4.1.1, the same behind "i=N;".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::mime {

/// smtp.mailfrom=a@example.org: ptype "." property "=" pvalue.
struct AuthenticationProperty {
  std::string type;  ///< "smtp", "header", "body", "policy"; lower case
  std::string name;  ///< lower case
  std::string value;
  friend bool operator==(const AuthenticationProperty&,
                         const AuthenticationProperty&) = default;
};

/// dkim=pass (comment) reason="..." header.d=example.org
struct AuthenticationMethod {
  std::string method;    ///< "dkim", "spf", "dmarc", ...; lower case
  unsigned version = 1;  ///< of the method
  std::string result;    ///< "pass", "fail", ...; lower case
  std::string reason;
  std::string comment;  ///< the first one that follows the result
  std::vector<AuthenticationProperty> properties;

  /// The value of "smtp.mailfrom" and the like; null when there is none.
  [[nodiscard]] const std::string* find(std::string_view type,
                                        std::string_view name) const;
  friend bool operator==(const AuthenticationMethod&,
                         const AuthenticationMethod&) = default;
};

/// One field. All text is UTF-8 on one line without controls.
struct AuthenticationResults {
  std::optional<unsigned> instance;  ///< ARC: 1..50
  std::string authserv_id;           ///< who says so; may be missing
  unsigned version = 1;
  std::vector<AuthenticationMethod> methods;  ///< none: nothing was checked
  bool malformed = false;  ///< something was mended or skipped
};

/// Methods and properties read from one field; more are skipped as malformed.
inline constexpr std::size_t kMaxAuthenticationMethods = 200;
inline constexpr std::size_t kMaxAuthenticationProperties = 100;

/// Reads the value of either field, folded or not, in linear time; never fails.
/// It proves nothing: whoever uses it must know that the host `authserv_id`
/// removes what others pretend to have written in its name (RFC 8601 section
/// 5).
[[nodiscard]] AuthenticationResults parse_authentication_results(
    std::string_view value);

}  // namespace mailtool::mime
