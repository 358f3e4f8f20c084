#include "domain/members/decide.hpp"
