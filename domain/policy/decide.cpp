#include "domain/policy/decide.hpp"
