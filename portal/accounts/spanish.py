"""Words that a guesser in Mexico tries first. zxcvbn's own lists are English; these are given to it beside them.

Written by us: what people here choose when a word is asked of them (family, days, places, teams, faith, work).
"""

_TEXT = """
contraseña clave acceso secreto seguro seguridad usuario administrador sistema portal sesion entrar bienvenido prueba
proveedor proveedores cliente clientes empresa compañia comercializadora distribuidora servicios soluciones grupo
oficina compras ventas pagos cobranza tesoreria contabilidad contador contadora nomina almacen bodega gerente gerencia
direccion director recepcion factura facturacion recibo pedido orden banco cuenta dinero pesos negocio trabajo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves
viernes sabado domingo primavera verano otoño invierno navidad cumpleaños
mexico mexicano mexicana ciudad guadalajara monterrey puebla queretaro tijuana leon merida cancun toluca veracruz
chihuahua sonora sinaloa jalisco oaxaca chiapas tabasco yucatan zacatecas durango morelos hidalgo tlaxcala guerrero
michoacan nayarit colima tamaulipas coahuila aguascalientes acapulco
america chivas cruzazul pumas tigres rayados santos toluca atlas pachuca futbol campeon campeones
amor teamo teamomucho mivida micorazon corazon cariño princesa principe reina angel estrella cielo feliz felicidad
amigo amiga amigos familia mama papa hijo hija hermano hermana abuela abuelo bebe esposo esposa novio novia
jesus cristo dios diosesamor virgen guadalupe bendiciones gracias hola holamundo buenosdias
maria jose juan luis carlos miguel jorge pedro francisco antonio manuel alejandro ricardo fernando eduardo roberto
sergio daniel david javier arturo rafael raul oscar hector mario alberto enrique gerardo pablo andres diego ivan
guadalupe margarita alejandra patricia veronica adriana leticia elizabeth gabriela rosa laura claudia monica sandra
martha silvia ana carmen sofia valentina ximena fernanda daniela andrea paola karla diana lucia mariana isabel
garcia hernandez martinez lopez gonzalez rodriguez perez sanchez ramirez cruz flores gomez morales vazquez jimenez reyes
diaz torres gutierrez ruiz mendoza aguilar ortiz castillo moreno romero alvarez chavez rivera juarez ramos dominguez
perro gato caballo leon tigre aguila chocolate cerveza tequila taco tacos guitarra musica computadora internet
"""
WORDS = tuple(dict.fromkeys(_TEXT.split()))
