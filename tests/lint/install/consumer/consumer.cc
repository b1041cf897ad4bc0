// Another program that uses the installed library: a codec, and a layer that
// brings c-ares along.
#include <iostream>

#include "mailtool/base/base64.h"
#include "mailtool/net/resolver.h"

int main() {
  const mailtool::net::Resolver resolver({});
  const auto found = resolver.addresses("127.0.0.1");
  if (!found || found->addresses.size() != 1) return 1;
  std::cout << mailtool::base64_encode("mail") << '\n';
}
