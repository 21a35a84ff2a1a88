# What the API may invoke. A path's parameters are "*" there, and so is the method ANY. http-api has the same lines: a module for one
# resource would take more of them than it saves.
locals {
  # The policy of an alias holds 20 KB ("Lambda quotas"), and a statement takes about 400 bytes, so that several APIs of many
  # routes each would fill it: beyond this many routes, a function has one permission for the whole API.
  routes_with_own_permission = 10

  routes_of = { for name in keys(var.functions) : name => [for key, route in var.routes : key if route.function == name] }

  permissions = merge(
    {
      for key, route in var.routes : key => { function = route.function, source = "*/${replace(split(" ", key)[0], "ANY", "*")}${replace(split(" ", key)[1], "/\\{[^}]+\\}/", "*")}" }
      if length(local.routes_of[route.function]) <= local.routes_with_own_permission
    },
    {
      for name, routes in local.routes_of : name => { function = name, source = "*/*" }
      if length(routes) > local.routes_with_own_permission
    },
  )
}

resource "aws_lambda_permission" "this" {
  for_each      = local.permissions
  action        = "lambda:InvokeFunction"
  function_name = join(":", slice(split(":", var.functions[each.value.function]), 0, 7))
  qualifier     = try(split(":", var.functions[each.value.function])[7], null)
  principal     = "apigateway.amazonaws.com"

  # It names the account and the API, so that aws:SourceAccount, which is for ARNs without an account, would add nothing
  # ("Granting function access to AWS services", Lambda Developer Guide).
  source_arn = "${aws_api_gateway_rest_api.this.execution_arn}/${each.value.source}"
}
