/// \file
/// The base subject: what SORT and THREAD compare (RFC 5256 section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace mailtool::imap {

/// `subject`, decoded to UTF-8, without "Re:", "Fwd:", "[list]" and "(fwd)"
/// around it, and with one blank where there are several. Of a subject longer
/// than kMaxSubject octets only so much is looked at.
[[nodiscard]] std::string base_subject(std::string_view subject);

inline constexpr std::size_t kMaxSubject = 1000;

}  // namespace mailtool::imap
