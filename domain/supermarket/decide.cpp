#include "domain/supermarket/decide.hpp"
